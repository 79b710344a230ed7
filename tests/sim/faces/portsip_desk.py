"""A client's desk in front of the simulated PortSIP PBX: signs in, asks, and lets time pass."""

from __future__ import annotations

import base64
from typing import Any

import httpx

from tests.sim.faces.desk import START
from wallboard.sim import Knobs, World, make_app
from wallboard.sim.access import PORTSIP_DOMAIN, PORTSIP_PEOPLE
from wallboard.sim.model import AVAILABLE, Agent, Member

API = "/portsip/api"
CREDENTIALS = {"username": "supervisor", "password": PORTSIP_PEOPLE["supervisor"][0], "domain": PORTSIP_DOMAIN}
CALLER = "+493023125123"
SHOWN = "00493023125123"
Row = dict[str, Any]


def decimal(identity: str) -> str:
    """The bare number in an id of the resources."""
    return base64.b64decode(identity).decode()


class FrontDesk:
    """A silent world behind its faces, with a clock that only `wait` moves; nobody is signed in but `only`."""

    def __init__(self, knobs: Knobs | None = None) -> None:
        self.seconds = 0.0
        self.world = World(5, START, knobs or Knobs.quiet())
        self.app = make_app(self.world, clock=lambda: self.seconds)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://127.0.0.1:1")
        self.bearer = "demo-bearer-front"
        self.site = self.world.front
        self.pbx = self.site.pbx

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.app.clock.sync()

    async def ask(self, method: str, path: str, body: object = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        return await self.http.request(method, API + path, json=body, headers=headers, **more)

    async def get(self, path: str, status: int = 200) -> Any:
        response = await self.ask("GET", path)
        assert response.status_code == status, response.text
        return response.json()

    async def post(self, path: str, body: object = None, status: int = 200) -> httpx.Response:
        response = await self.ask("POST", path, body)
        assert response.status_code == status, response.text
        return response

    async def refused(self, path: str, body: object, code: str = "VALIDATE_FAILED") -> str:
        """The message of a refusal."""
        (error,) = (await self.post(path, body, 400)).json()["errors"]
        assert error["code"] == code
        return str(error["message"])

    # -- who and what is there --------------------------------------------------------------------------------------

    async def ivr(self, number: str) -> str:
        rows = (await self.get("/ivrs"))["items"]
        return next(str(row["id"]) for row in rows if row["extension_number"] == number)

    async def queue(self, number: str = "8001") -> str:
        rows = (await self.get("/call_queues"))["items"]
        return next(str(row["id"]) for row in rows if row["extension_number"] == number)

    async def sessions(self) -> list[Row]:
        rows: list[Row] = (await self.get("/sessions", 201))["items"]
        return rows

    async def parties(self) -> list[tuple[str, str]]:
        return [(call["caller"], call["callee"]) for row in await self.sessions() for call in row["calls"]]

    async def state(self, agent: int, queue: str = "8001") -> str:
        row = await self.get(f"/call_queues/{await self.queue(queue)}/agents/{agent}")
        return str(row["status"])

    def agent(self, number: int) -> Agent:
        return self.pbx.agents["local", number]

    def only(self, *numbers: int) -> None:
        """These agents are ready in all their queues, all others have a break."""
        for queue in self.pbx.queues.values():
            for tier in queue.tiers:
                tier.pause = "" if tier.agent.id in numbers else "BREAK"
        for agent in self.pbx.agents.values():
            self.site.distributor.set_status(agent, AVAILABLE)

    def arrive(self, queue: int = 8001, number: str = CALLER, patience: float = 900.0) -> Member:
        return self.site.distributor.arrive(self.pbx.queues[queue], number, "Bo Quist", patience)

    async def talk(self, agent: int = 301) -> str:
        """An agent talks to a caller of the front desk; returns the session's id."""
        self.only(agent)
        self.arrive()
        self.wait(6)
        (row,) = await self.sessions()
        (call,) = row["calls"]
        assert (call["callee"], call["talking_time"] > 0) == (str(agent), True)
        return str(row["id"])
