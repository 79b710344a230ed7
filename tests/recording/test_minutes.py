"""What the history knows of a moment that nobody recorded: its minutes as they were written down, nothing between."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.board.making import AT_ONCE
from wallboard.board import Board, BoardSettings
from wallboard.domain.clock import ManualClock
from wallboard.domain.codec import Word
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.states import ResourceState
from wallboard.domain.update import Update
from wallboard.history.reading import Unreadable
from wallboard.history.records import Caller, Minute, Record
from wallboard.history.store import write_down
from wallboard.recording.minutes import Minutes
from wallboard.recording.player import Moment, Player
from wallboard.recording.tape import Place

NOON = 1_800_000_000
SALES = Minute(NOON, "hq", "queue", "601", "Sales", waiting=4, longest=72, talking=2, ready=1, staffed=5)
DESK = Minute(NOON, "lab", "queue", "7", "Desk", waiting=0, longest=0, talking=1)
HOTLINE = replace(DESK, kind="hotline", row="8")
Q601, Q7 = Key("hq", Kind.QUEUE, "601"), Key("lab", Kind.QUEUE, "7")


def at(minute: int, record: Minute = SALES, **more: int | None) -> Minute:
    return replace(record, at=NOON + 60 * minute, **more)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


def player(path: Path, *records: Record, begin: float | None = None) -> Player:
    assert write_down(path, 90, records) == ""
    tape = Minutes(path, {"hq": "ringme"})
    moment = Moment(tape.start)
    board = Board(moment, BoardSettings(timing=AT_ONCE))
    made = Player(tape, board, moment, ManualClock(), at=begin)
    made.play()
    return made


def stand(player: Player, seconds: float) -> None:
    """Wind it to so long after noon."""
    player.wind(NOON + seconds - player.goal)
    player.play()


def test_a_minute_stands_as_it_was_written_down(path: Path) -> None:
    made = player(path, at(0), DESK, HOTLINE, at(1, waiting=1, longest=9, talking=None, ready=0), at(1, DESK))
    for seconds in (0, 30, 59.5):
        stand(made, seconds)
        assert made.at == NOON
        assert not made.behind
        stats = made.board.queue_stats(Q601)
        assert (stats.waiting, stats.longest(made.at), stats.talking) == (4, 72, 2)
        assert (stats.counts.ready, stats.staffed) == (1, 5)
        desk = made.board.queue_stats(Q7)
        assert (desk.waiting, desk.longest(made.at), desk.staffed) == (0, None, None)
    stand(made, 60)
    stats = made.board.queue_stats(Q601)
    assert (stats.waiting, stats.longest(made.at), stats.talking, stats.counts.ready) == (1, 9, None, 0)
    assert stats.trend == (4, 1)
    assert made.ended
    assert made.board.pane_state(Resource.QUEUES).state is ResourceState.LIVE
    assert stats.service_level.value is None
    assert (stats.answered, stats.lost) == (None, None)


def test_what_was_not_written_down_is_a_gap_and_never_a_zero(path: Path) -> None:
    here = [at(minute, DESK) for minute in range(7)]
    made = player(path, *here, at(0), at(5), at(6))
    stand(made, 60)
    assert made.board.row_state(Q601) is ResourceState.STALE
    assert made.board.row_state(Q7) is ResourceState.LIVE
    assert made.board.pane_state(Resource.QUEUES).sentence == "hq stale 60 s: nothing was recorded"
    stats = made.board.queue_stats(Q601)
    assert stats.old("waiting")
    assert stats.old("longest")
    assert stats.longest(made.at) == 72
    stand(made, 240)
    assert made.board.row_state(Q601) is ResourceState.GONE
    stand(made, 300)
    assert made.board.row_state(Q601) is ResourceState.LIVE
    assert made.board.queue_stats(Q601).trend == (4, None, None, None, None, 4)


def test_a_queue_that_alone_is_missing_in_a_minute_has_no_figures_then(path: Path) -> None:
    other = replace(SALES, row="602", name="Service")
    made = player(path, at(0), at(0, other), at(1), at(2), at(2, other))
    key = Key("hq", Kind.QUEUE, "602")
    shown = []
    for minute in range(3):
        stand(made, 60 * minute)
        stats = made.board.queue_stats(key)
        shown.append((stats.waiting, stats.longest(made.at), stats.staffed))
        assert len(made.board.rows(Resource.QUEUES)) == 2
    assert shown == [(4, 72, 5), (None, None, None), (4, 72, 5)]


def test_of_all_else_it_says_that_it_was_not_kept(path: Path) -> None:
    made = player(path, at(0), DESK)
    for resource in (Resource.MEMBERS, Resource.AGENTS, Resource.CALLS):
        assert made.board.pane_state(resource).shut == "only minutes of queues were kept"
        assert not made.board.rows(resource)
    assert made.board.pane_state(Resource.HOTLINES).shut == "only minutes of queues are shown"
    assert [view.word for view in made.board.source_views()] == ["live", "live"]


def test_it_begins_anywhere_and_goes_back_from_there(path: Path) -> None:
    """From far within a long history, and to before where it began."""
    made = player(path, *(at(minute, waiting=minute % 50) for minute in range(3000)), begin=NOON + 60 * 2000)
    for minute in (2000, 1999, 1800, 1801, 2999, 0, 1):
        stand(made, 60 * minute + 17)
        assert made.at == NOON + 60 * minute
        stats = made.board.queue_stats(Q601)
        assert stats.waiting == minute % 50
        assert stats.trend == tuple(each % 50 for each in range(max(0, minute - 59), minute + 1))
    assert not made.ended


def test_from_each_minute_on_it_reads_the_same(path: Path) -> None:
    other = replace(SALES, row="602", name="Service")
    kept = [at(0), at(0, other), at(1), at(4), at(5), at(5, other), at(3, DESK), at(5, DESK)]
    assert write_down(path, 90, kept) == ""
    tape = Minutes(path, {"hq": "ringme"})

    def told(place: Place | None, begin: float) -> list[tuple[float, Word]]:
        return [(line.at, line.word) for line in tape.words(place, begin) if isinstance(line.word, Update)]

    whole = told(None, tape.start)
    assert len(whole) == 6
    for minute in range(6):
        after = tape.start + 60 * minute
        assert told(Place(), after) == [word for word in whole if word[0] > after]


def test_limits_are_judged_by_the_minute(path: Path) -> None:
    made = player(path, at(0), at(1, longest=130))
    for minute, said in enumerate(("longest 1:12 > 1:00", "longest 2:10 > 1:00")):
        stand(made, 60 * minute + 59)
        assert [alarm.text for alarm in made.board.alarms.listed() if alarm.condition == "longest"] == [said]


def test_without_a_minute_of_a_queue_it_says_so(path: Path) -> None:
    with pytest.raises(Unreadable, match="there is no history yet"):
        Minutes(path, {})
    write_down(path, 90, [HOTLINE, Caller("hq", "1", "601", "Sales", "", "", NOON, NOON + 9, "lost")])
    with pytest.raises(Unreadable, match="the history holds no minute of a queue yet"):
        Minutes(path, {})


def test_a_history_that_breaks_meanwhile_ends_there(path: Path) -> None:
    made = player(path, *(at(minute) for minute in range(30)))
    for file in path.parent.glob("history.*"):
        file.unlink()
    stand(made, 60 * 29)
    assert made.damage is not None
    assert made.at == NOON + 60 * 9
    assert made.ended
