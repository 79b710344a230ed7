"""What the console shows of a real Asterisk is what that Asterisk says of itself."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.lab.conftest import Site
from tests.lab.desk import Console, console, settings_for
from tests.lab.run import CONFIG, ROOT, SECRET_NAME
from wallboard.domain.command import Verb
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Member, Queue, Row
from wallboard.domain.states import AgentState, CallState, MemberState
from wallboard.vendors.asterisk.ami import Ami, open_ami
from wallboard.vendors.asterisk.protocol import AmiBadCredentials, AmiRefused, AmiUnreachable
from wallboard.vendors.asterisk.streams import tcp
from wallboard.view.snapshot import snapshot

pytestmark = [pytest.mark.lab, pytest.mark.anyio]

BENCH = Key("lab", Kind.QUEUE, "bench")


@dataclass(frozen=True)
class Truth:
    """AMI's own lists, read by another account, as plain facts."""

    entries: dict[str, tuple[str, int, int]]
    """Uniqueid → (queue, position, wait)."""
    agents: dict[str, tuple[frozenset[int], bool, bool]]
    """Interface → (statuses, paused in all queues, in a queue call)."""
    calls: frozenset[str]
    talking: frozenset[str]
    waiting: dict[str, int]
    dialled: frozenset[str]
    """Local channels that a queue has begun to dial, without their suffix: until their dialplan rings a telephone,
    Asterisk calls such a member not in use, and lists a call of theirs all the same."""

    def shape(self) -> object:
        """All but the seconds that run."""
        return ({k: v[:2] for k, v in self.entries.items()}, self.agents, self.calls, self.talking, self.waiting)


async def truth(ami: Ami) -> Truth:
    status = await ami.collect("QueueStatus")
    channels = await ami.collect("CoreShowChannels")
    agents: dict[str, tuple[frozenset[int], bool, bool]] = {}
    for item in (item for item in status if item.event == "QueueMember"):
        seen, paused, in_call = agents.get(item.get("Location"), (frozenset(), True, False))
        agents[item.get("Location")] = (
            seen | {int(item.get("Status"))},
            paused and item.get("Paused") == "1",
            in_call or item.get("InCall") == "1",
        )
    bridged: dict[str, list[str]] = {}
    for item in channels:
        if item.get("BridgeId"):
            bridged.setdefault(item.get("BridgeId"), []).append(item.get("Linkedid"))
    return Truth(
        {
            item.get("Uniqueid"): (item.get("Queue"), int(item.get("Position")), int(item.get("Wait")))
            for item in status
            if item.event == "QueueEntry"
        },
        agents,
        frozenset(item.get("Linkedid") for item in channels),
        frozenset(linked[0] for linked in bridged.values() if len(linked) > 1),
        {item.get("Queue"): int(item.get("Calls")) for item in status if item.event == "QueueParams"},
        frozenset(
            item.get("Channel").rpartition("-")[0]
            for item in channels
            if item.get("Application") == "AppQueue" and item.get("ChannelStateDesc") == "Down"
        ),
    )


def expected_states(statuses: frozenset[int], paused: bool, in_call: bool) -> set[AgentState]:
    if statuses & {6, 7}:
        return {AgentState.RINGING}
    if statuses & {2, 3, 8}:
        return {AgentState.TALKING} if in_call else {AgentState.OTHER_CALL}
    if statuses & {4, 5}:
        return {AgentState.UNREACHABLE}
    return {AgentState.BREAK} if paused else {AgentState.READY, AgentState.WRAP_UP}


def compare_snapshot(taken: dict[str, Any], real: Truth) -> None:
    """The object that ``wallboard snapshot --json`` prints."""
    queued = {row["id"]: row for row in taken["members"] if row["state"] in ("waiting", "ringing")}
    assert {uid: row["queue"] for uid, row in queued.items()} == {uid: e[0] for uid, e in real.entries.items()}
    for uid, (_, _, wait) in real.entries.items():
        assert abs(queued[uid]["wait"] - wait) <= 2
    agents = {row["id"]: row["state"] for row in taken["agents"]}
    assert agents.keys() == real.agents.keys()
    for interface, seen in real.agents.items():
        begun = {AgentState.OTHER_CALL} if interface.removesuffix("/n") in real.dialled else set()
        assert agents[interface] in {state.value for state in expected_states(*seen) | begun}, interface
    assert {row["id"] for row in taken["calls"]} == real.calls
    assert {row["id"] for row in taken["calls"] if row["state"] in ("talking", "held")} >= real.talking
    assert {row["name"]: row["waiting"] + row["ringing"] for row in taken["queues"]} == real.waiting
    for row in taken["queues"]:
        in_queue = [member for member in queued.values() if member["queue"] == row["name"]]
        assert (row["waiting"] or row["ringing"]) == 0 or row["longest_wait"] == max(m["wait"] for m in in_queue)


@dataclass
class Late:
    """Moments in which a busy machine was behind: a call may come and go between two looks that are alike. A fault of
    the reading would be there each time."""

    count: int = 0

    @contextmanager
    def forgiven(self, most: int = 3) -> Iterator[None]:
        try:
            yield
        except AssertionError:
            self.count += 1
            if self.count > most:
                raise


def compare(shown: Console, real: Truth) -> None:
    desk = shown.desk
    assert desk.board is not None
    compare_snapshot(snapshot(desk.board, desk.now()), real)
    members = [row for row in desk.rows(Resource.MEMBERS) if isinstance(row, Member)]
    queued = {row.key.id: row for row in members if row.state in (MemberState.WAITING, MemberState.RINGING)}
    assert {uid: (row.queue_id, row.position) for uid, row in queued.items()} == {
        uid: entry[:2] for uid, entry in real.entries.items()
    }
    for uid, (_, _, wait) in real.entries.items():
        joined = queued[uid].joined_at
        assert joined is not None
        assert abs(desk.now() - joined - wait) <= 2.0
    agents = {row.key.id: row for row in desk.rows(Resource.AGENTS) if isinstance(row, Agent)}
    assert agents.keys() == real.agents.keys()
    for interface, (statuses, paused, in_call) in real.agents.items():
        assert agents[interface].state in expected_states(statuses, paused, in_call), interface
    calls = {row.key.id: row for row in desk.rows(Resource.CALLS) if isinstance(row, Call)}
    assert calls.keys() == real.calls
    assert {uid for uid, row in calls.items() if row.state in (CallState.TALKING, CallState.HELD)} >= real.talking
    for row in desk.rows(Resource.QUEUES):
        assert isinstance(row, Queue)
        assert row.waiting is not None
        assert row.ringing is not None
        assert row.waiting + row.ringing == real.waiting[row.key.id]


async def test_thirty_moments_under_load_equal_what_asterisk_lists(site: Site) -> None:
    site.lab.calls(1.5, 40, PATIENCE_S="15")
    random.seed(7)
    equal, most, late = 0, 0, Late()
    async with (
        open_ami(tcp("127.0.0.1", site.port), "admin", site.secret, on_event=lambda event: None) as ami,
        console(settings_for(site.port, "supervisor", site.secret, phone="PJSIP/phone9")) as shown,
    ):
        with anyio.fail_after(90):
            while equal < 30:
                await anyio.sleep(random.uniform(0.2, 0.8))
                before = await truth(ami)
                # Rows are compared once a burst; a moment in which Asterisk itself changed proves nothing.
                await anyio.sleep(0.25)
                after = await truth(ami)
                if before.shape() == after.shape():
                    with late.forgiven():
                        compare(shown, after)
                        equal += 1
                    most = max(most, len(after.calls))
        assert most >= 3, "the moments saw hardly any call"
        async with console(settings_for(site.port, "supervisor", site.secret, phone="PJSIP/phone9")) as fresh:
            before = await truth(ami)
            with anyio.fail_after(20):
                while before.shape() != (after := await truth(ami)).shape():
                    before = after
                    await anyio.sleep(0.25)
            compare(fresh, after)


async def test_the_snapshot_command_prints_what_asterisk_lists(site: Site, tmp_path: Path) -> None:
    site.lab.calls(0.6, 20, PATIENCE_S="15")
    config = tmp_path / "wallboard.toml"
    config.write_text(CONFIG.format(port=site.port, secret_name=SECRET_NAME))
    config.chmod(0o600)
    command = [sys.executable, "-m", "wallboard", "--config", str(config), "snapshot", "--json"]
    paths = os.pathsep.join(str(ROOT / part) for part in ("src", "."))
    environment = {**os.environ, SECRET_NAME: site.secret, "PYTHONPATH": paths}
    equal, late = 0, Late()
    async with open_ami(tcp("127.0.0.1", site.port), "admin", site.secret, on_event=lambda event: None) as ami:
        with anyio.fail_after(60):
            while equal < 3:
                before = await truth(ami)
                done = await anyio.run_process(command, env=environment, check=False)
                after = await truth(ami)
                assert done.returncode == 0, done.stderr.decode()
                assert site.secret.encode() not in done.stdout + done.stderr
                if before.shape() == after.shape():
                    with late.forgiven():
                        compare_snapshot(json.loads(done.stdout), after)
                        equal += 1


async def test_sign_in_refused_once_and_never_tried_again(site: Site) -> None:
    with pytest.raises(AmiBadCredentials, match="Authentication failed"):
        async with open_ami(tcp("127.0.0.1", site.port), "supervisor", "wrong", on_event=lambda event: None):
            pytest.fail("signed in with a wrong secret")
    with pytest.raises(AmiUnreachable):
        async with open_ami(tcp("127.0.0.1", 9), "supervisor", site.secret, on_event=lambda event: None):
            pytest.fail("connected to nothing")


async def test_an_account_without_classes_sees_queues_and_is_told_why_not_calls(site: Site) -> None:
    async with console(settings_for(site.port, "nobody", site.secret, phone="PJSIP/phone9")) as shown:
        assert {"sales", "support", "emergency", "bench"} <= {row.key.id for row in shown.desk.rows(Resource.QUEUES)}
        status = shown.desk.statuses[Resource.CALLS]
        assert status.unavailable
        assert "CoreShowChannels" in status.cause
        may = shown.adapter.can(Verb.LISTEN, None)
        assert not may
        assert "Originate" in may.reason


async def test_a_watcher_may_look_and_not_touch(site: Site) -> None:
    async with console(settings_for(site.port, "watcher", site.secret, phone="PJSIP/phone9")) as shown:
        await shown.desk.until(lambda: not shown.desk.statuses[Resource.CALLS].unavailable, "calls may be seen")
        for verb in (Verb.LISTEN, Verb.TRANSFER, Verb.HANGUP, Verb.PARK, Verb.PAUSE, Verb.STAFF):
            assert not shown.adapter.can(verb, None)
        lines = {line.name: line for line in await shown.adapter.check()}
        assert lines["sign-in"].ok
        assert lines["parked"].ok is False
        assert lines["hangup"].ok is False


async def test_read_only_refuses_in_the_encoder_even_what_the_account_may(site: Site) -> None:
    async with open_ami(
        tcp("127.0.0.1", site.port), "supervisor", site.secret, on_event=lambda event: None, read_only=True
    ) as ami:
        assert ami.allows("Hangup")
        with pytest.raises(Exception, match="read-only"):
            await ami.action("Hangup", ("Channel", "PJSIP/1001-00000001"))
        assert await ami.collect("QueueStatus")


async def test_an_unknown_action_is_refused_and_the_connection_goes_on(site: Site) -> None:
    async with open_ami(tcp("127.0.0.1", site.port), "admin", site.secret, on_event=lambda event: None) as ami:
        with pytest.raises(AmiRefused, match="unknown command"):
            await ami.action("NoSuchThing")
        await ami.ping()
        assert ami.clock_offset is not None
        assert abs(ami.clock_offset) < 2


EVIL = ("[/b][@click=app.quit]x[/]", "\u202egnp.exe\u2066", "a" + "\u0301" * 40, "Zoë \U0001f468\u200d\U0001f469")


@pytest.mark.parametrize("name", EVIL, ids=["markup", "bidi", "marks", "joiner"])
async def test_a_callers_evil_name_is_shown_clean_and_in_its_place(site: Site, name: str) -> None:
    async with console(settings_for(site.port, "supervisor", site.secret, phone="PJSIP/phone9")) as shown:
        call = site.callers.call("bench", name=name, number="+15550001111")
        try:
            found: list[Row] = []

            def waits() -> bool:
                rows = shown.desk.rows(Resource.MEMBERS)
                found[:] = [row for row in rows if isinstance(row, Member) and row.queue_id == "bench"]
                return bool(found)

            await shown.desk.until(waits, "the caller waits")
            row = found[0]
            assert isinstance(row, Member)
            assert row.number == "+15550001111"
            assert row.state is MemberState.WAITING
            assert not set(row.name) & set("\u202e\u2066\u200d\x1b")
            assert row.name.count("\u0301") <= 2
            # SIP delivered the name at all: something of it is left.
            assert row.name
        finally:
            call.hang_up()
        await shown.desk.until(lambda: not waits(), "the caller is gone")


async def test_an_abandoned_caller_is_counted_once(site: Site) -> None:
    async with console(settings_for(site.port, "supervisor", site.secret, phone="PJSIP/phone9")) as shown:
        desk = shown.desk
        before = desk.row(BENCH)
        assert isinstance(before, Queue)
        call = site.callers.call("bench", name="Ann", number="+1555")
        await desk.until(lambda: (desk.row(BENCH) or before).waiting == 1, "one waits")  # type: ignore[union-attr]
        (ident,) = [r.key.id for r in desk.rows(Resource.MEMBERS) if isinstance(r, Member) and r.queue_id == "bench"]
        call.hang_up()
        await desk.until(lambda: (desk.row(BENCH) or before).waiting == 0, "nobody waits")  # type: ignore[union-attr]
        await desk.until(
            lambda: (desk.row(BENCH) or before).abandoned != before.abandoned,  # type: ignore[union-attr]
            "the queue's counter is read again",
        )
        after = desk.row(BENCH)
        assert isinstance(after, Queue)
        assert after.abandoned == (before.abandoned or 0) + 1
        abandons = [proof for proof in desk.kept if proof.name == "QueueCallerAbandon" and ident in proof.subject]
        assert len(abandons) == 1
