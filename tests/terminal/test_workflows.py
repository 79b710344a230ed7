"""What supervisors do all day, through the whole program: each workflow with its keys as a hand types them, counted."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.acceptance.scene import BO, real_time
from tests.terminal.stage import PATIENCE, Site, has, open_board, quit_console
from tests.terminal.term import Terminal
from wallboard.sim import LoggedRequest, World
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Queue

pytestmark = pytest.mark.pty

ANA, EVE, IDA = "+493023125124", "+493023125777", "+493023125778"
BO_READ, ANA_READ, EVE_READ = "+49 30 23125123", "+49 30 23125124", "+49 30 23125777"
"""As the screen writes them."""
LATER = ("+493023125901", "+493023125911", "+493023125921", "+493023125931")
AGO = 300.0
"""Seconds that the evening is old when the console is started."""
PACE, READ = 0.31, 0.41
"""Seconds from what is seen to the next key, and to the `y` that answers a question: a row that has just come under the
cursor is not hit, and nobody has read a question sooner."""
BYTES: Mapping[str, bytes] = {
    **{"enter": b"\r", "escape": b"\x1b", "space": b" ", "down": b"\x1b[B"},
    **{"pagedown": b"\x1b[6~", "f1": b"\x1bOP"},
}

Seen = str | Callable[[list[str]], bool]
"""What is waited for: a text on the screen, or whether the screen is so."""
Step = tuple[str, Seen]
"""A key, and what is seen before the next one is pressed."""


@dataclass(frozen=True)
class Asked:
    """A request that reached a vendor. `path` is a pattern of the whole, `body` what must stand in it."""

    method: str
    path: str
    body: Mapping[str, object]

    def fits(self, request: LoggedRequest) -> bool:
        body = request.body if isinstance(request.body, dict) else {}
        same = request.method == self.method and re.fullmatch(self.path, request.path)
        return bool(same) and self.body.items() <= body.items()


@dataclass(frozen=True)
class Workflow:
    """`keys` end with what proves it on the screen, `asked` is all that reached the vendors.

    `given` is what must be on the screen before, `back` are the keys to the board as it was: both count for nothing.
    """

    name: str
    most: int
    keys: tuple[Step, ...]
    asked: tuple[Asked, ...] = ()
    given: Seen = ""
    back: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Evening:
    """Workflows that one supervisor goes through one after the other. `prepare` makes the world before, `then` happens
    in it once the board is open."""

    name: str
    prepare: Callable[[World], None]
    workflows: tuple[Workflow, ...]
    then: Callable[[World], None] = lambda _world: None
    config: str = ""


def gone(text: str) -> Callable[[list[str]], bool]:
    return lambda screen: not has(screen, text)


def handed_over(screen: list[str]) -> bool:
    """The ending, and that the lot is empty: a word of the row that passes after a while, or the count."""
    told = has(screen, "transfer Bo Quist → Night desk 888100: accepted: this vendor cannot")
    return told and (has(screen, "no longer parked") or has(screen, "─8 Parked 0"))


def like(pattern: str) -> Callable[[list[str]], bool]:
    return lambda screen: any(re.search(pattern, line) for line in screen)


def typed(text: str, shown: str) -> tuple[Step, ...]:
    """Letter by letter, each seen where it is typed: behind `shown`."""
    return tuple((char, f"{shown}{text[: place + 1]}") for place, char in enumerate(text))


# ---- the worlds ----------------------------------------------------------------------------------------------------


def quiet(world: World, *working: int) -> Queue:
    """Of hq only these work, and who talks does so until somebody ends it. The queue Sales."""
    pbx = world.hq.pbx
    for agent in pbx.agents.values():
        world.hq.distributor.set_status(agent, AVAILABLE if agent.id in working else LOGGED_OUT)
    for queue in pbx.queues.values():
        queue.profile = replace(queue.profile, talk_mean=1e6)
    pbx.extensions[300].answer_after = 0.2
    return pbx.queues[601]


def drowning(world: World) -> None:
    """Six wait in Sales, where nobody works, the first for five minutes. Of five in Support one talks to Ida Berg."""
    distributor, agents = world.hq.distributor, world.hq.pbx.agents
    sales = quiet(world, 140)
    distributor.arrive(world.hq.pbx.queues[602], IDA, "Ida Berg", 3000.0)
    distributor.arrive(sales, BO, "Bo Quist", 3000.0)
    world.advance(60.0)
    distributor.arrive(sales, ANA, "Ana Lopez", 3000.0)
    for place, number in enumerate(LATER):
        world.advance(120.0 + 10.0 * place)
        distributor.arrive(sales, number, f"Caller {place}", 3000.0)
    for identity in (141, 142, 143, 144):
        distributor.set_status(agents["local", identity], AVAILABLE)


def talking(world: World) -> None:
    """Anna Petrosyan talks to Bo Quist, Boris Kim, who is new, to Ana Lopez; Ibrahim Sow is ready, but never rung."""
    distributor = world.hq.distributor
    sales = quiet(world, 136, 137, 144)
    world.hq.pbx.agents["local", 144].state = "Idle"
    distributor.arrive(sales, BO, "Bo Quist", 3000.0)
    world.advance(60.0)
    distributor.arrive(sales, ANA, "Ana Lopez", 3000.0)
    world.advance(90.0)


def eve_calls(world: World) -> None:
    """And gives up before anybody takes her."""
    world.hq.distributor.arrive(world.hq.pbx.queues[601], EVE, "Eve Lund", 14.0)


# ---- the workflows -------------------------------------------------------------------------------------------------


VIEWS = """
[[view]]
name = "night"
queues = ["Support"]
"""
EMPTY: Mapping[str, object] = {}
IN_SALES = r"/extension/601/queue/agents/local/"
CALLER = r"/extension/601/current_calls/601-\w+"
HIS_STATUS = r"/extension/209/agent/144"
HIS_CALL = r"/extension/202/current_calls/202-\w+"
NORD = r"/hotlines/311"

DROWNING = Evening(
    "a queue that drowns",
    drowning,
    (
        Workflow(
            "why a figure is what it is",
            1,
            (("f1", "· formula: the longest wait of those waiting or ringing"),),
            back=(("escape", gone("EXPLAIN Sales")),),
        ),
        Workflow(
            "a red queue's callers, agents and calls",
            1,
            (("v", "Members 6 of 7 → Sales"),),
            back=(("v", gone("→ Sales")),),
        ),
        Workflow("the order stands still, to read rows that move", 1, (("f", "order frozen"),)),
        Workflow("and moves again", 1, (("f", gone("order frozen")),)),
        Workflow(
            "a row anywhere is found",
            5,
            (("F", "─ FIND"), *typed("süd", " › "), ("enter", "▸ Bereitschaft Süd")),
        ),
        Workflow(
            "an agent who forgot to is signed out",
            5,
            (
                *(("F", "─ FIND"), *typed("ib", " › "), ("enter", "▸ Ibrahim Sow 209 · ready")),
                ("i", "sign out Ibrahim Sow: confirmed by "),
            ),
            (Asked("PUT", HIS_STATUS, {"status": "logged_out"}),),
        ),
        Workflow(
            "the last action is undone",
            2,
            (("U", "─ UNDO: sign in Ibrahim Sow?"), ("y", "sign in Ibrahim Sow: confirmed by ")),
            (Asked("PUT", HIS_STATUS, {"status": "available"}),),
        ),
        Workflow(
            "a caller's number is copied",
            2,
            (("2", f"▸ {BO_READ} · Sales"), ("Y", f"to the terminal's clipboard: {BO}")),
        ),
        Workflow(
            "an alarm is acknowledged",
            1,
            (("a", like("alarm acknowledged: Sales .*longest ")),),
            given=like("■ 1/2  Sales .*longest "),  # its reasons stand in the order in which they were read
        ),
        Workflow(
            "an alarm is put aside for a while",
            3,
            (("Z", "─ SNOOZE Sales"), ("2", "▌2 15 min"), ("enter", "alarm snoozed for 15 min: Sales 6 waiting > 5")),
            given="▲ 2/2  Sales 6 waiting > 5",
        ),
        Workflow(
            "who waited longest goes to a favourite",
            # Three were planned: a digit may begin a number, so Enter says that it was the favourite.
            4,
            (
                *(
                    ("2", f"▸ {BO_READ} · Sales"),
                    ("t", f"─ BLIND TRANSFER of {BO_READ}"),
                    ("2", "→ Reception 212 ● reachable"),
                ),
                ("enter", f"transfer {BO_READ} → Reception 212: confirmed by the caller at 212"),
            ),
            (Asked("PUT", CALLER, {"action": "transfer", "send_dst": "212"}),),
        ),
        Workflow(
            "I take the caller myself",
            2,
            (("2", f"▸ {ANA_READ} · Sales"), ("u", f"pick up {ANA_READ}: confirmed by ")),
            (Asked("PUT", CALLER, {"action": "pickup", "send_dst": "2001"}),),
        ),
        Workflow(
            "worst queue, who can help, added in the details",
            4,
            (
                *(("1", "▸ Sales"), ("enter", "CAN HELP     Fatima Zahra       ● ready        + adds")),
                *(("+", "─ ADD Fatima Zahra to Sales?"), ("y", "add Fatima Zahra to Sales: confirmed by ")),
            ),
            (Asked("POST", IN_SALES, {"agent_id": 141}),),
            back=(("escape", gone("CAN HELP")),),
        ),
        Workflow(
            "worst queue, who can help, added from the list",
            3,
            (
                *(("1", "▸ Sales"), ("+", "▌1 [ ] Gustavo Lima 207")),
                ("enter", "add Gustavo Lima to Sales: confirmed by "),
            ),
            (Asked("POST", IN_SALES, {"agent_id": 142}),),
        ),
        Workflow(
            "two agents are added to a drowning queue",
            6,
            (
                *(("1", "▸ Sales"), ("+", "▌1 [ ] Hanna Nyström 208"), ("space", "▌1 [x] Hanna Nyström 208")),
                *(("down", "▌2 [ ] Ibrahim Sow 209"), ("space", "Enter add 2")),
                ("enter", like("add (Hanna Nyström|Ibrahim Sow) to Sales: confirmed by .* 0 unconfirmed")),
            ),
            (Asked("POST", IN_SALES, {"agent_id": 143}), Asked("POST", IN_SALES, {"agent_id": 144})),
        ),
        Workflow("a saved view", 3, (("V", "─ VIEW"), ("1", "▌1 night"), ("enter", "Queues 1 of 18"))),
    ),
    config=VIEWS,
)

CALLS = Evening(
    "calls and hotlines",
    talking,
    (
        Workflow(
            "listening to a new agent",
            4,
            (
                *(("3", "▸ Ibrahim Sow 209"), ("j", "▸ Anna Petrosyan 201"), ("j", "▸ Boris Kim 202")),
                ("e", "listen to Boris Kim ↔ Ana Lopez: confirmed by "),
            ),
            (Asked("PUT", HIS_CALL, {"action": "eavesdrop", "send_dst": "2001"}),),
        ),
        Workflow(
            "then whisper, then barge, then leave",
            4,
            (
                ("w", "whisper Boris Kim ↔ Ana Lopez: confirmed by "),
                ("b", "─ BARGE IN ON Ana Lopez ↔ Boris Kim?"),
                ("y", "barge Boris Kim ↔ Ana Lopez: confirmed by "),
                ("Q", "BARGE ended: my leg is gone"),
            ),
            (
                Asked("PUT", HIS_CALL, {"action": "whisper", "send_dst": "2001"}),
                Asked("PUT", HIS_CALL, {"action": "conference", "send_dst": "2001"}),
                Asked("DELETE", r"/extension/300/current_calls/300-\w+", EMPTY),
            ),
        ),
        Workflow(
            "a call is parked",
            2,
            (
                ("4", "▸ Bo Quist ↔ Anna Petrosyan"),
                ("p", "8 Parked 1: 1 returns "),
            ),
            (Asked("PUT", r"/extension/201/valet_park/201-\w+", {"action": "park", "slot": 1}),),
            back=(("8", f"▸ Bo Quist {BO_READ} in 1"),),
        ),
        Workflow(
            "with a note (the text and two keys)",
            len("vip") + 2,
            (("n", "─ NOTE on Bo Quist"), *typed("vip", " › "), ("enter", ": noted")),
            back=(("4", gone("─8 Parked")),),
        ),
        Workflow(
            "who is parked is handed over",
            # Here, too, Enter says that the digit was the favourite.
            4,
            (
                *(("8", "▪ Bo Quist"), ("t", "─ BLIND TRANSFER of Bo Quist"), ("1", "→ Night desk 888100")),
                (
                    "enter",
                    handed_over,
                ),
            ),
            (
                Asked("PUT", r"/extension/201/valet_park/201-\w+", {"action": "slots"}),
                Asked("PUT", r"/extension/201/current_calls/201-\w+", {"action": "transfer", "send_dst": "888100"}),
            ),
        ),
        Workflow(
            "an agent who is never rung is set right",
            # Two were planned: it is asked whether to sign in or out, and once more, as the state is no ordinary one.
            4,
            (
                *(("!", "▸ Ibrahim Sow 209 · mismatch"), ("i", "▌1 sign in Ibrahim Sow")),
                *(("enter", "─ SIGN IN Ibrahim Sow?"), ("y", "sign in Ibrahim Sow: confirmed by ")),
            ),
            (Asked("PUT", HIS_STATUS, {"status": "available"}),),
            given="Ibrahim Sow ready, but never rung",
        ),
        Workflow(
            "a hotline is paused",
            # Six were planned, with OFF typed: four digits of its number say which one it is.
            7,
            (
                *(("5", "▸ Bereitschaft Nord"), ("o", "─ PAUSE Bereitschaft Nord?"), *typed("5660", "5660 › ")),
                ("enter", "pause Bereitschaft Nord: confirmed by reading it back: it is paused"),
            ),
            (Asked("PUT", NORD, {"isActive": False, "name": "Bereitschaft Nord"}),),
            back=(("1", gone("▸ Bereitschaft Nord")),),
        ),
        Workflow(
            "a hotline is opened",
            5,
            (
                ("5", "▸ Bereitschaft Nord"),
                ("o", "open Bereitschaft Nord: confirmed by reading it back: it was asked to open, and is starting"),
            ),
            (Asked("PUT", NORD, {"isActive": True, "name": "Bereitschaft Nord"}),),
            given=like("▌‖ paused +Bereitschaft Nord"),
        ),
        Workflow(
            "an announcement for everybody",
            # Four were planned, of a text that was written before: what it says is chosen.
            6,
            (
                *(("N", "▌1 publish a notice: Network"), ("enter", "▸ [ ] Fibre cut"), ("space", "▸ [x] Fibre cut")),
                *(("pagedown", "▌Remarks"), ("enter", "─ PUBLISH A NOTICE ON cc?")),
                ("y", "publish a notice on cc: confirmed by reading it back"),
            ),
            (Asked("POST", r"/disruptionSets/\w+/events", EMPTY),),
        ),
        Workflow(
            "who gave up is called back",
            # Two were planned: the number is named before it is dialled.
            3,
            (
                *(("L", "─ CALL BACK 1 caller who gave up"), ("c", f"─ CALL {EVE_READ}?")),
                ("y", f"call {EVE_READ} → {EVE_READ}: confirmed by a new leg on my phone"),
            ),
            (Asked("POST", r"/extension/300/callback/", {"src_num": ["2001"], "dst_num": EVE}),),
            given=like("^.Sales .* 1 hq"),  # one is lost
        ),
    ),
    then=eve_calls,
)


# ---- how they are gone through -------------------------------------------------------------------------------------


def press(terminal: Terminal, key: str, seen: Seen) -> None:
    """A key as a hand presses it, once what is there was read; then wait for what comes of it."""
    terminal.pass_time(READ if key == "y" else PACE)
    terminal.send(BYTES.get(key) or key.encode())
    see(terminal, seen)


def see(terminal: Terminal, seen: Seen) -> None:
    terminal.wait((lambda screen: has(screen, seen)) if isinstance(seen, str) else seen, PATIENCE)


def go_through(site: Site, terminal: Terminal, workflow: Workflow) -> None:
    see(terminal, workflow.given)
    before, count = len(site.sim.actions()), 0
    for key, seen in workflow.keys:
        count += 1
        try:
            press(terminal, key, seen)
        except AssertionError as error:
            raise AssertionError(f"key {count}, {key}: {error}") from error
    assert count <= workflow.most, f"{count} keys, {workflow.most} before"
    asked = site.sim.actions()[before:]
    assert len(asked) == len(workflow.asked), asked
    for wanted in workflow.asked:
        assert any(wanted.fits(request) for request in asked), f"{wanted} is not among {asked}"
    for key, seen in workflow.back:
        press(terminal, key, seen)


@pytest.mark.parametrize("evening", [DROWNING, CALLS], ids=lambda evening: evening.name)
def test_no_workflow_needs_more_keys_than_before(evening: Evening, tmp_path: Path) -> None:
    with Site(tmp_path, sim=real_time(evening.prepare, AGO)) as site:
        site.config.write_text(site.config.read_text() + evening.config)
        with site.console(env={"TMUX": "", "VTE_VERSION": ""}) as terminal:
            open_board(terminal)
            site.happen(lambda: evening.then(site.sim.world))
            for workflow in evening.workflows:
                try:
                    go_through(site, terminal, workflow)
                except AssertionError as error:
                    raise AssertionError(f"{workflow.name}: {error}") from error
            quit_console(terminal)
            if evening is DROWNING:
                (sent,) = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]+)\x1b\\", terminal.raw)
                assert base64.b64decode(sent).decode() == BO
