"""A client's desk in front of the simulated vendors: signs in, asks, and lets time pass."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from wallboard.sim import Knobs, World, make_app
from wallboard.sim.access import GROUPALARM_TOKEN
from wallboard.sim.model import AVAILABLE, LOGGED_OUT, Agent, Member

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HQ = "/ringme/hq/api/ver1.0"
GROUPALARM = "/groupalarm/api/v1/first-responder"
Row = dict[str, Any]


class Desk:
    """A silent world (unless told otherwise) behind its HTTP faces, with a clock that only `wait` moves."""

    def __init__(self, knobs: Knobs | None = None, limits: dict[str, int] | None = None) -> None:
        self.seconds = 0.0
        self.world = World(5, START, knobs or Knobs.quiet())
        self.app = make_app(self.world, clock=lambda: self.seconds, limits=limits)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://127.0.0.1:1")
        self.bearer = "demo-bearer-hq"
        self.queues = self.world.hq.pbx.queues

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.app.clock.sync()

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

    def arrive(self, queue: int = 601, number: str = "+493023125123", patience: float = 900.0) -> Member:
        return self.world.hq.distributor.arrive(self.queues[queue], number, "Bo Quist", patience)

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
