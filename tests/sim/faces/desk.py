"""A client's desk in front of the simulated vendors: signs in, asks, and lets time pass."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import httpx

from wallboard.sim import Knobs, World, make_app
from wallboard.sim.access import (
    GROUPALARM_TOKEN,
    PORTSIP_DOMAIN,
    PORTSIP_PEOPLE,
    SINCH_API_KEY,
    SINCH_PASSWORD,
    SINCH_USERNAME,
)
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Agent, Member

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HQ = "/ringme/hq/api/ver1.0"
GROUPALARM = "/groupalarm/api/v1/first-responder"
SINCH = "/sinch/RI/rci"
PORTSIP = "/portsip/api"
CREDENTIALS = {"username": "supervisor", "password": PORTSIP_PEOPLE["supervisor"][0], "domain": PORTSIP_DOMAIN}
CALLER = "+493023125123"
SHOWN = "00493023125123"
Row = dict[str, Any]


class Room:
    """A silent world (unless told otherwise) behind its HTTP faces, with a clock that only `wait` moves."""

    bearer = ""

    def __init__(self, knobs: Knobs | None = None, limits: dict[str, int] | None = None) -> None:
        self.seconds = 0.0
        self.world = World(5, START, knobs or Knobs.quiet())
        self.app = make_app(self.world, clock=lambda: self.seconds, limits=limits)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://127.0.0.1:1")

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.app.clock.sync()


class Desk(Room):
    """The desk of account `hq`, of the hotlines and of the contact centre."""

    bearer = "demo-bearer-hq"

    async def ask(self, method: str, path: str, body: object = None, base: str = HQ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.bearer}"}
        return await self.http.request(method, base + path, json=body, headers=headers)

    async def get(self, path: str) -> Any:
        response = await self.ask("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    async def act(self, handle: str, action: str, send_dst: str | None = None, **more: object) -> httpx.Response:
        body = {"action": action} | ({"send_dst": send_dst} if send_dst is not None else {}) | more
        response = await self.ask("PUT", f"/extension/{handle.split('-')[0]}/current_calls/{handle}", body)
        assert response.status_code == 200, response.text
        return response

    async def valet(self, handle: str, **body: object) -> httpx.Response:
        return await self.ask("PUT", f"/extension/{handle.split('-')[0]}/valet_park/{handle}", body)

    async def calls(self, phone: int | None = None) -> list[Row]:
        path = f"/extension/{phone}/current_calls/" if phone else "/client/@me/current_calls/"
        rows: list[Row] = (await self.get(path))["call_list"]
        return rows

    async def members(self, queue: int = 601) -> list[Row]:
        rows: list[Row] = await self.get(f"/extension/{queue}/queue/status/members/")
        return rows

    async def agent_row(self, name_fs: str, queue: int = 601) -> Row:
        rows: list[Row] = await self.get(f"/extension/{queue}/queue/status/agents/")
        return next(row for row in rows if row["name_fs"] == name_fs)

    def only(self, *identities: int) -> None:
        """These agents are signed in, all others are not."""
        for agent in self.world.hq.pbx.agents.values():
            self.world.hq.distributor.set_status(agent, AVAILABLE if agent.id in identities else LOGGED_OUT)

    def agent(self, identity: int) -> Agent:
        return self.world.hq.pbx.agents["local", identity]

    def arrive(self, queue: int = 601, number: str = CALLER, patience: float = 900.0) -> Member:
        return self.world.hq.distributor.arrive(self.world.hq.pbx.queues[queue], number, "Bo Quist", patience)

    async def talk(self) -> Row:
        """Agent 136 on phone 201 talks to a caller of Sales; returns the call row of the phone."""
        self.only(136)
        self.arrive()
        self.wait(6)
        (row,) = await self.calls(201)
        assert row["answer_time_gmt"] is not None
        return row

    async def ask_hotlines(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"API-TOKEN": GROUPALARM_TOKEN}
        return await self.http.request(method, GROUPALARM + path, json=body, headers=headers)

    async def ask_center(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """With the headers that the document demands, unless others are given (`content_type` and `accept`)."""
        key = base64.b64encode(f"{SINCH_USERNAME}:{SINCH_PASSWORD}".encode()).decode()
        sent = {"authorization": f"Basic {key}", "x-api-key": SINCH_API_KEY}
        sent["accept"] = "text/html" if method == "POST" else "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.request(method, SINCH + path, json=body, headers=sent)


def decimal(identity: str) -> str:
    """The bare number in an id of the resources."""
    return base64.b64decode(identity).decode()


class FrontDesk(Room):
    """The desk of account `front`; nobody is signed in but `only`."""

    bearer = "demo-bearer-front"

    def __init__(self, knobs: Knobs | None = None) -> None:
        super().__init__(knobs)
        self.site = self.world.front
        self.pbx = self.site.pbx

    async def ask(self, method: str, path: str, body: object = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        return await self.http.request(method, PORTSIP + path, json=body, headers=headers, **more)

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
