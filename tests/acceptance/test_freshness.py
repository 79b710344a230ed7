"""One endpoint goes wrong: its pane says so with its age and a sentence, the others stay live, and it comes back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.scene import Stage, staged
from wallboard.board.freshness import FeedView
from wallboard.domain.keys import Resource
from wallboard.domain.states import ResourceState, SourceState
from wallboard.polling.backoff import PROBE_DENIED, PROBE_REFUSED
from wallboard.sim import Knobs, SimServer
from wallboard.vendors.base import SourceSettings
from wallboard.view.snapshot import snapshot

pytestmark = pytest.mark.anyio

CALLS = "hq/*/current_calls/"
HOTLINES = "groupalarm/hotlines"
LIVE, LATE, STALE, GONE = ResourceState.LIVE, ResourceState.LATE, ResourceState.STALE, ResourceState.GONE


def feed(stage: Stage, resource: Resource, source: str) -> FeedView:
    (found,) = [each for each in stage.view(resource, source).feeds if each.scope != "discovery"]
    return found


def countdown(stage: Stage, resource: Resource, source: str) -> float:
    """Seconds until it is asked again, as the screen says them, and one effective interval at least."""
    status = feed(stage, resource, source).status
    assert status is not None
    next_at = status.next_at if status.next_at is not None else stage.clock.now()
    return max(status.interval, next_at - stage.clock.now())


class Watch:
    """Which states a resource went through, and which others were ever not live."""

    def __init__(self, stage: Stage, resource: Resource, source: str, spared: frozenset[str] = frozenset()) -> None:
        self.stage, self.which, self.spared = stage, (source, resource), spared
        self.seen: list[ResourceState] = []
        self.others: set[tuple[str, Resource, ResourceState]] = set()

    def __call__(self) -> None:
        for which, state in self.stage.states().items():
            if which == self.which:
                if self.seen[-1:] != [state]:
                    self.seen.append(state)
            elif state is not LIVE and which[0] not in self.spared:
                self.others.add((*which, state))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("status:500", "vendor answered 500"),
        ("status:502", "vendor answered 502"),
        ("status:418", "vendor answered 418"),
        ("hang", "no whole answer within 8 s"),
        ("garbage", "the answer was cut short"),
        ("drop", "answer"),
        ("html", "not JSON (text/html): a login page?"),
        ("empty", "empty"),
        ("redirect", "vendor redirects to host elsewhere.invalid"),
        ("null", ""),
        ("nan", ""),
    ],
)
async def test_a_broken_endpoint_ages_alone_and_comes_back(tmp_path: Path, fault: str, sentence: str) -> None:
    async with staged(tmp_path) as stage:
        watch = Watch(stage, Resource.CALLS, "hq")
        stage.server.faults.set(CALLS, fault, method="GET")
        await stage.wait(32.0, watch, step=0.5)
        assert watch.seen == [LIVE, LATE, STALE]
        assert watch.others == set()
        view = stage.view(Resource.CALLS)
        assert view.age is not None
        assert 30 <= view.age <= 45
        assert sentence in view.detail
        assert "\n" not in view.detail
        (source,) = [each for each in stage.board.source_views() if each.info.name == "hq"]
        assert source.state is SourceState.STALE
        stage.server.faults.clear()
        stage.server.faults.release()
        limit = countdown(stage, Resource.CALLS, "hq") + 1.0
        took = await stage.until(lambda: stage.view(Resource.CALLS).state is LIVE, within=200)
        assert took <= limit
        await stage.wait(3.0, watch)
        assert watch.others == set()


async def test_a_long_fault_ends_in_gone_and_its_rows_are_not_given_out(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        call = await stage.talk()
        watch = Watch(stage, Resource.CALLS, "hq")
        stage.server.faults.set(CALLS, "status:503", method="GET")
        await stage.wait(90.0, watch, step=0.5)
        assert watch.seen == [LIVE, LATE, STALE, GONE]
        assert watch.others == set()
        data = snapshot(stage.board, stage.clock.now())
        assert [row for row in data["calls"] if row["source"] == "hq"] == []
        assert [row["id"] for row in data["queues"] if row["source"] == "hq"] == ["601", "602", "603", "604", "605"]
        stage.server.faults.clear()
        limit = countdown(stage, Resource.CALLS, "hq") + 1.0
        took = await stage.until(lambda: stage.view(Resource.CALLS).state is LIVE, within=200)
        assert took <= limit
        assert [each.key for each in stage.calls()] == [call.key]


async def test_one_queue_of_several_dims_its_own_rows_only(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=("hq",)) as stage:
        stage.server.faults.set("hq/extension/601/queue/status/members/", "status:500", method="GET")
        watch = Watch(stage, Resource.MEMBERS, "hq")
        await stage.wait(30.0, watch, step=0.5)
        assert watch.others == set()
        assert watch.seen[-1] is STALE
        states = {each.scope: each.state for each in stage.view(Resource.MEMBERS).feeds}
        assert states == {"601": STALE, "602": LIVE, "603": LIVE, "604": LIVE, "605": LIVE}


@pytest.mark.parametrize("status", [403, 404])
async def test_what_is_not_for_this_account_is_unavailable_and_nothing_else_is(tmp_path: Path, status: int) -> None:
    def calmer(source: SourceSettings) -> SourceSettings:
        return replace(source, every=dict.fromkeys(("queues", "members", "agents", "calls", "parked"), 14.0))

    async with staged(tmp_path, sources=("branch", "responders"), edit=calmer) as stage:
        watch = Watch(stage, Resource.HOTLINES, "responders")
        stage.server.faults.set(HOTLINES, f"status:{status}", method="GET")
        await stage.wait(70.0, watch, step=0.5)
        assert watch.seen[-1] is ResourceState.UNAVAILABLE
        assert {other for other in watch.others if other[0] != "responders"} == set()
        assert stage.view(Resource.HOTLINES, "responders").detail
        assert stage.board.rows(Resource.HOTLINES, "responders") == ()
        stage.server.faults.clear()
        took = await stage.until(lambda: stage.view(Resource.HOTLINES, "responders").state is LIVE, 1000, step=30.0)
        assert took <= PROBE_DENIED + 1.0


async def test_without_the_client_wide_list_the_phones_are_asked_one_by_one(tmp_path: Path) -> None:
    def forbid(server: SimServer) -> None:
        server.faults.set("hq/client/*/current_calls/", "status:403", method="GET")

    async with staged(tmp_path, sources=("hq",), prepare=forbid) as stage:
        call = await stage.talk()
        assert len(stage.view(Resource.CALLS).feeds) > 10
        assert [each.key for each in stage.calls()] == [call.key]
        assert [each for each in stage.server.requests if each.path.startswith("/client/") and each.status == 403] != []


async def test_retry_after_pauses_the_account_counts_down_and_ends_by_itself(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        watch = Watch(stage, Resource.CALLS, "hq", spared=frozenset({"hq"}))
        stage.server.faults.set("hq/*", "status:429", method="GET", headers=(("retry-after", "40"),))
        await stage.wait(12.0, watch)
        asked = len(stage.server.made(account="hq"))
        await stage.wait(15.0, watch)
        assert len(stage.server.made(account="hq")) == asked
        stage.server.faults.clear()
        left = countdown(stage, Resource.CALLS, "hq")
        assert 5.0 < left <= 40.0
        view = stage.view(Resource.CALLS)
        assert view.state is not LIVE
        assert "limit is reached" in view.detail
        took = await stage.until(lambda: stage.view(Resource.CALLS).state is LIVE, within=60)
        assert left - 1.0 <= took <= left + 1.0
        await stage.until(stage.all_live, within=10)
        assert watch.others == set()


async def test_one_401_is_a_new_token_and_no_flicker(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        watch = Watch(stage, Resource.CALLS, "hq")
        issued = stage.server.tokens.issued
        stage.server.tokens.revoke()
        await stage.wait(30.0, watch)
        assert (watch.seen, watch.others) == ([LIVE], set())
        # One for each of the two accounts.
        assert stage.server.tokens.issued == issued + 2


async def test_refused_credentials_stop_the_source_and_are_tried_again_seldom(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        watch = Watch(stage, Resource.CALLS, "hq", spared=frozenset({"hq"}))
        stage.server.faults.set("hq/*", "status:401")
        before = len(stage.server.requests)
        await stage.wait(240.0, watch, step=2.0)
        (source,) = [each for each in stage.board.source_views() if each.info.name == "hq"]
        assert source.state is SourceState.REFUSED
        assert "refuse" in source.detail
        assert watch.others == set()
        tries = [each for each in stage.server.requests[before:] if each.account == "hq"]
        # What was under way at the time, each with its one new token.
        assert len(tries) <= 12
        stage.server.faults.clear()
        took = await stage.until(lambda: stage.view(Resource.CALLS).state is LIVE, 400, step=2.0)
        assert took <= PROBE_REFUSED + 1.0
        await stage.until(stage.all_live, within=10)


async def test_r_tries_refused_credentials_at_once(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=("hq",)) as stage:
        stage.server.faults.set("hq/*", "status:401")
        await stage.wait(30.0)
        stage.server.faults.clear()
        stage.rooms.scheduler.refresh()
        await stage.until(stage.all_live, within=3.0)


async def test_a_third_of_all_answers_wrong_is_late_at_most(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=("hq",)) as stage:
        seen: set[ResourceState] = set()
        for _ in range(12):
            stage.server.faults.set(CALLS, "status:500", method="GET", times=1)
            await stage.wait(6.0, lambda: seen.add(stage.view(Resource.CALLS).state), step=0.5)
        assert seen <= {LIVE, LATE}


async def test_after_an_action_the_list_goes_on_being_read_in_its_rhythm(tmp_path: Path) -> None:
    async with staged(tmp_path, sources=("hq",)) as stage:
        stage.rooms.scheduler.hurry("hq", [Resource.CALLS])
        before = len(stage.server.requests)
        began = stage.world.now
        await stage.wait(20.0)
        times = [each.time for each in stage.server.requests[before:] if each.path.endswith("/current_calls/")]
        gaps = [later - earlier for earlier, later in zip([began, *times], times, strict=False)]
        assert max(gaps) <= 3.0 + 1.0
        assert len(times) <= 5 + 20 / 2 + 2


# ---- the hourly budget ---------------------------------------------------------------------------------------------


async def test_an_hour_of_600_requests_is_never_overdrawn_and_the_screen_is_freshest(tmp_path: Path) -> None:
    shown = frozenset({Resource.QUEUES, Resource.CALLS})
    async with staged(tmp_path, sources=("hq",), limits={"hq": 600}, knobs=Knobs.quiet()) as stage:
        stage.rooms.scheduler.demand(shown)
        # Into the first whole hour of the vendor's own counting.
        await stage.wait(3600.0 - stage.world.now % 3600.0 + 1.0, step=60.0)
        before = len(stage.server.requests)
        lowest = 600

        def look() -> None:
            nonlocal lowest
            budget = stage.rooms.adapters["hq"].info().budget
            assert budget is not None
            assert budget.remaining is not None
            lowest = min(lowest, budget.remaining)

        await stage.wait(3590.0, look, step=60.0)
        asked = [each for each in stage.server.requests[before:] if each.account == "hq"]
        assert [each for each in asked if each.status == 429] == []
        counted = [each for each in asked if each.path != "/oauth/token"]
        assert 450 <= len(counted) <= 540
        assert lowest >= 60

        def pace(suffix: str) -> float:
            paths = {each.path for each in counted if each.path.endswith(suffix)}
            return 3600.0 * len(paths) / sum(1 for each in counted if each.path in paths)

        slowest_shown = max(pace("/queue/status/"), pace("/current_calls/"))
        assert pace("/queue/status/agents/") >= 2.9 * slowest_shown
        # Every figure of a queue is made of the list of callers, whatever is on screen.
        assert pace("/queue/status/members/") <= 1.1 * slowest_shown
        view = stage.view(Resource.QUEUES)
        assert view.paced
        assert view.state in (LIVE, LATE)
        done_from = len(stage.server.actions())
        stage.only(136)
        assert len(stage.server.actions()) == done_from


async def test_a_small_budget_of_ones_own_is_kept_as_well(tmp_path: Path) -> None:
    def small(source: SourceSettings) -> SourceSettings:
        return replace(source, budget=300)

    async with staged(tmp_path, sources=("branch",), edit=small) as stage:
        await stage.wait(3600.0, step=60.0)
        asked = [each for each in stage.server.made(account="branch") if each.path != "/oauth/token"]
        assert len(asked) <= 300
        assert stage.view(Resource.CALLS, "branch").paced


async def test_actions_still_go_when_the_reading_has_spent_its_share(tmp_path: Path) -> None:
    from wallboard.domain.command import Verb

    async with staged(tmp_path, sources=("hq",), limits={"hq": 400}) as stage:
        await stage.talk(within=600)
        await stage.wait(1800.0, step=30.0)
        (call,) = stage.calls("201")
        done = await stage.act(Verb.HANGUP, call)
        assert [each.status for each in done.sent] == [204]
        assert done.phase == "confirmed", done.ending
