"""A board that only hears the words is the board that was told."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.board.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Queue
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind
from wallboard.polling.words import Ear, Follower


def test_what_is_told_reaches_both_boards_and_in_the_followers_time() -> None:
    clock, later = ManualClock(1000.0), ManualClock(5000.0)
    told, heard = Board(clock), Board(later)
    follower = Follower(heard, shift=4000.0)
    ear = Ear(told, lambda word: None if follower.hear(word) else pytest.fail("not heard"))
    row = Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales"), waiting=3, longest_since=990.0)
    ear.source(SourceInfo("hq", "ringme", "well"))
    ear.status(FeedStatus("hq", Resource.QUEUES, "", 5.0, 8.0, last_ok=999.0))
    ear.apply(Update("hq", Resource.QUEUES, "", UpdateKind.SNAPSHOT, 1, 1, 999.0, (row,)))
    (there,) = heard.rows(Resource.QUEUES)
    assert isinstance(there, Queue)
    assert (there.name, there.waiting, there.longest_since) == ("Sales", 3, 4990.0)
    (mine,), (theirs,) = told.source_views(), heard.source_views()
    assert (mine.state, mine.age, mine.info) == (theirs.state, theirs.age, theirs.info)


@given(st.binary(max_size=200))
def test_noise_is_passed_over(noise: bytes) -> None:
    board = Board(ManualClock())
    assert not Follower(board).hear(noise)
    assert board.sources() == ()


def test_a_word_that_breaks_the_board_is_said_once_and_the_next_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    board = Board(ManualClock())
    words: list[bytes] = []
    Ear(Board(ManualClock()), words.append).source(SourceInfo("hq", "ringme"))
    follower = Follower(board)
    assert [follower.hear(word) for word in (b"{}", b"no", words[0], b"{}")] == [False, False, True, False]
    assert board.sources() == ("hq",)
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 2
