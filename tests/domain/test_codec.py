"""What a source tells survives being written and read, and what is no such word is refused as a whole."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain import codec, models
from wallboard.domain.codec import Unreadable, Word, dumped, loaded
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.states import MemberState
from wallboard.domain.text import Clean, clean
from wallboard.domain.update import FeedStatus, SourceInfo, Update, UpdateKind

raw = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
st.register_type_strategy(Clean, raw.map(clean))
st.register_type_strategy(float, st.floats(-1e12, 1e12))
st.register_type_strategy(str, raw)
ODD: list[Any] = [None, True, 7, -1e400, "x", "\udc80", [], [[]], {}, [1], [None], [["a", "b"]]]
words: st.SearchStrategy[Word] = st.one_of(st.from_type(Update), st.from_type(FeedStatus), st.from_type(SourceInfo))


@given(words)
def test_a_word_reads_as_it_was_written(word: Word) -> None:
    assert loaded(dumped(word)) == word


@given(words)
def test_fields_of_a_newer_program_are_passed_over(word: Word) -> None:
    found = json.loads(dumped(word)) | {"mood": "new", "more": [1, {"two": 3}]}
    assert loaded(json.dumps(found).encode()) == word


@given(words, st.data())
def test_a_word_in_which_something_is_wrong_is_refused_or_is_a_word(word: Word, data: st.DataObject) -> None:
    found = json.loads(dumped(word))
    name = data.draw(st.sampled_from(sorted(found)))
    found[name] = data.draw(
        st.sampled_from([None, True, 7, -1e400, "x", "\udc80", [], [[]], {}, [1], [None], [["a", "b"]]])
    )
    try:
        read = loaded(json.dumps(found).encode())
    except Unreadable:
        return
    assert loaded(dumped(read)) == read


@given(st.binary(max_size=200))
def test_bytes_that_are_no_word_are_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        loaded(data)


def update(*rows: models.Row) -> Update:
    return Update("hq", Resource.MEMBERS, "", UpdateKind.SNAPSHOT, 1, 2, 100.0, rows)


def member(**more: Any) -> models.Member:
    key = Key("hq", Kind.MEMBER, "m1")
    return replace(models.Member(key, "601", clean("Sales"), clean("Eve"), clean("201"), MemberState.WAITING), **more)


def altered(word: Word, change: Any) -> bytes:
    found = json.loads(dumped(word))
    change(found)
    return json.dumps(found).encode()


def test_the_instants_of_another_clock_are_moved_and_lengths_are_not() -> None:
    read = loaded(dumped(update(member(joined_at=90.0, waited=7.0))), shift=1000.0)
    assert isinstance(read, Update)
    (row,) = read.rows
    assert isinstance(row, models.Member)
    assert (read.as_of, row.joined_at, row.waited) == (1100.0, 1090.0, 7.0)


def test_every_number_that_is_a_point_in_time_is_known_as_one() -> None:
    named = {name for kind in codec._INSTANTS for name in codec._INSTANTS[kind]}
    assert {name for name in named if not name.endswith(("_at", "_since", "_from", "_to", "_of", "_ok"))} == {
        *("since", "until", "at", "started")
    }
    for kind in (*get_args(models.Row), models.LastCall, models.HotlineCall, Update, FeedStatus):
        instants = codec._INSTANTS.get(kind, frozenset())
        told = {field.name for field in fields(kind) if field.name.endswith(("_at", "_since")) or field.name == "since"}
        assert told <= instants, kind


def test_a_row_of_a_kind_that_is_new_is_left_out_and_a_new_state_is_unknown() -> None:
    def newer(found: dict[str, Any]) -> None:
        found["rows"][0][1]["state"] = "teleported"
        found["rows"].append(["robot", {"key": ["hq", "robot", "1"]}])

    read = loaded(altered(update(member()), newer))
    assert isinstance(read, Update)
    (row,) = read.rows
    assert isinstance(row, models.Member)
    assert row.state is MemberState.UNKNOWN


def test_texts_of_a_writer_are_cleaned_again() -> None:
    def hostile(found: dict[str, Any]) -> None:
        found["rows"][0][1]["name"] = "\x1b]0;gone\x07Eve\u202e"

    read = loaded(altered(update(member()), hostile))
    assert isinstance(read, Update)
    assert "\x1b" not in str(read.rows)
    assert "\u202e" not in str(read.rows)


@pytest.mark.parametrize("version", [None, 0, 2, "1", True])
def test_another_version_is_refused(version: object) -> None:
    with pytest.raises(Unreadable, match="another version"):
        loaded(altered(update(), lambda found: found.update(v=version)))


def test_what_is_at_its_default_takes_no_room() -> None:
    found = json.loads(dumped(update(member())))
    assert set(found["rows"][0][1]) <= {"key", "queue_id", "queue", "state", "name", "number"}
    assert math.isclose(len(dumped(update(*[member()] * 100))) / 100, len(json.dumps(found["rows"][0])), rel_tol=0.2)
