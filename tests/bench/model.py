"""The agents of every board that is measured, whoever draws them: each second 5 % of them change their state."""

from __future__ import annotations

import random

STATES = ("ready", "talking", "wrap-up", "held", "break", "ringing")


class Agent:
    """`since` is the second in which the state began."""

    def __init__(self, number: int, dice: random.Random) -> None:
        self.number = number
        self.key = f"a{number:05d}"
        self.name = f"Agent Name {number}"
        self.team = f"team-{number % 17}"
        self.queue = f"queue-{number % 12}"
        self.state = dice.choice(STATES)
        self.since = -dice.randrange(3000)
        self.calls = dice.randrange(60)
        self.level = dice.randrange(60, 100)


class Model:
    def __init__(self, size: int) -> None:
        self.dice = random.Random(7)
        self.now = 0
        self.agents = [Agent(number, self.dice) for number in range(size)]

    def step(self) -> list[Agent]:
        """One second; returns the agents of whom more changed than how long."""
        self.now += 1
        changed = self.dice.sample(self.agents, max(1, len(self.agents) // 20))
        for agent in changed:
            agent.state = self.dice.choice(STATES)
            agent.since = self.now
            agent.calls += 1
            agent.level = self.dice.randrange(60, 100)
        return changed
