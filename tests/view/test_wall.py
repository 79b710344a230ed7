"""The wall: what it shows, where, and for how long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.console import AT_ONCE, HQ, NOW, board, queue, read, rows
from wallboard.board.board import Board
from wallboard.board.settings import BoardSettings
from wallboard.domain.clock import ManualClock
from wallboard.domain.keys import Resource
from wallboard.domain.models import Member
from wallboard.domain.rules import Limits, QueueRule
from wallboard.domain.text import clean
from wallboard.domain.update import SourceInfo
from wallboard.domain.views import View
from wallboard.view.context import Context, severities
from wallboard.view.face import large
from wallboard.view.lines import Line, line_width
from wallboard.view.wall import PAGE_SECONDS, Page, in_order, wall

MOMENT = datetime.fromtimestamp(NOW, UTC)
SIZES = [(40, 10), (80, 10), (40, 14), (80, 24), (120, 36), (160, 50), (240, 67), (400, 120)]


def shown(lines: Sequence[Line]) -> list[str]:
    return ["".join(cell.text for cell in line) for line in lines]


def context(made: Board | None = None, now: float = NOW) -> Context:
    made = made or board(ManualClock(NOW))
    return Context(made, now, UTC, severities=severities(made, now))


def queues(waiting: Mapping[str, int], rules: Sequence[QueueRule] = ()) -> Board:
    """A board of queues by name, so many waiting in each; six are an alarm."""
    limits = QueueRule("*", None, Limits(waiting=3), Limits(waiting=6))
    made = Board(ManualClock(NOW), BoardSettings((*rules, limits), timing=AT_ONCE))
    made.source(SourceInfo(HQ, "ringme"))
    found = tuple(queue(HQ, f"{600 + n}", name, count, 0, 0) for n, (name, count) in enumerate(waiting.items()))
    read(made, {(HQ, Resource.QUEUES): found}, NOW, 1)
    made.tick()
    return made


def names(count: int) -> list[str]:
    return [f"Queue {chr(65 + n)}" for n in range(count)]


def found(text: str, lines: Sequence[str]) -> list[tuple[int, int]]:
    """Where a name stands, in large letters or in normal ones."""
    padded = [f"{line}  " for line in lines]
    for drawn in (large(text, 2), large(text), [f" {text}"]):
        first, *rest = (f"{row}  " for row in drawn or [text])
        places = []
        for y in range(len(lines) - len(rest)):
            x = padded[y].find(first)
            while x >= 0:
                if all(padded[y + n].startswith(row, x) for n, row in enumerate(rest, 1)):
                    places.append((x, y))
                x = padded[y].find(first, x + 1)
        if places:
            return places
    return [(line.find(text), y) for y, line in enumerate(lines) if text in line]


def pages(made: Board, width: int, height: int) -> list[Page]:
    count = wall(context(made, 0.0), width, height, MOMENT).pages
    return [wall(context(made, number * PAGE_SECONDS), width, height, MOMENT) for number in range(count)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("count", [0, 1, 4, 11, 26])
def test_it_fills_the_screen_and_every_queue_stands_on_one_page(count: int, size: tuple[int, int]) -> None:
    made = queues(dict.fromkeys(names(count), 0))
    every = pages(made, *size)
    for page in every:
        assert len(page.lines) == size[1]
        assert {line_width(line) for line in page.lines} == {size[0]}
        assert f"page {page.number + 1}/{len(every)}" in "".join(shown(page.lines)) or size[0] < 60
    for name in names(count):
        assert sum(bool(found(name, shown(page.lines))) for page in every) == 1, name


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=14), st.data())
def test_tiles_stand_where_they_stood_whatever_the_waits(before: list[int], data: st.DataObject) -> None:
    after = data.draw(st.lists(st.integers(0, 120), min_size=len(before), max_size=len(before)))
    size = data.draw(st.sampled_from(SIZES[3:-1]))
    every = names(len(before))
    calm, busy = (pages(queues(dict(zip(every, waits, strict=True))), *size) for waits in (before, after))
    assert len(calm) == len(busy)
    for name in every:
        home = [(page.number, place) for page in calm for place in found(name, shown(page.lines))]
        now = [(page.number, place) for page in busy for place in found(name, shown(page.lines))]
        assert set(home) & set(now), f"{name} moved from {home} to {now}"


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(0, 15), max_size=8), st.sampled_from([(80, 24), (120, 36), (160, 50)]))
def test_a_queue_in_alarm_stands_on_every_page(red: set[int], size: tuple[int, int]) -> None:
    every = names(16)
    made = queues({name: 9 if number in red else 0 for number, name in enumerate(every)})
    for page in pages(made, *size):
        lines = shown(page.lines)
        for number in red:
            assert found(every[number], lines), f"{every[number]} is not on page {page.number + 1}"
        styles = {cell.style for line in page.lines for cell in line}
        assert ("alarm reverse bold" in styles) == bool(red)


@pytest.mark.parametrize("size", [(40, 10), (40, 14)], ids=str)
def test_on_pages_of_one_tile_queues_in_alarm_are_named_below(size: tuple[int, int]) -> None:
    chat, sales, support = (
        "\n".join(shown(page.lines)[-4:]) for page in pages(queues({"Sales": 9, "Support": 4, "Chat": 0}), *size)
    )
    assert "■ Sales ▲ Support" in chat
    assert "▲ Support" in sales
    assert "■ Sales" in support


def test_a_low_screen_that_holds_all_needs_no_second_page() -> None:
    (page,) = pages(queues({"Sales": 9, "Support": 0}), 80, 10)
    assert "other pages" not in "\n".join(shown(page.lines))


def test_alarms_for_which_there_is_no_line_are_counted() -> None:
    (first, *_) = pages(queues(dict.fromkeys(names(26), 9)), 80, 24)
    assert "and 14 more" in "\n".join(shown(first.lines))


def test_the_place_for_alarms_of_other_pages_says_when_there_are_none() -> None:
    for page in pages(queues(dict.fromkeys(names(9), 0)), 80, 24):
        assert "no alarm on the other pages" in "\n".join(shown(page.lines))


def test_the_order_is_that_of_the_config_and_of_no_reading() -> None:
    rules = (QueueRule("Zebra", None), QueueRule("602", None))
    made = queues({"Beta": 9, "Alpha": 0, "Gamma": 0, "Zebra": 0}, rules)
    assert [row.name for row in in_order(context(made))] == ["Zebra", "Gamma", "Alpha", "Beta"]
    given = shown(wall(context(made), 160, 50, MOMENT, view=View("one", ("al*", "9*"))).lines)
    assert found("Alpha", given)
    assert not found("Zebra", given)


def test_two_queues_of_one_name_tell_their_source() -> None:
    made = queues({"Sales": 0, "Support": 0})
    made.source(SourceInfo("lab", "asterisk"))
    read(made, {("lab", Resource.QUEUES): (queue("lab", "1", "Sales", 0, 0, 0),)}, NOW, 1)
    lines = shown(wall(context(made), 160, 50, MOMENT).lines)
    assert [sum(f" {source} " in line for line in lines) for source in ("hq", "lab")] == [1, 1]


def test_a_queue_without_counts_is_no_tile() -> None:
    made = queues({"Sales": 0})
    bare = replace(queue(HQ, "700", "Roster", 0, 0, 0), no_counts=clean("this vendor tells none"))
    read(made, {(HQ, Resource.QUEUES): (bare,)}, NOW, 2)
    assert "no queues known yet" in shown(wall(context(made), 80, 24, MOMENT).lines)[0]


def test_the_sign_of_an_alarm_stands_at_its_cause_and_who_knows_of_it_below() -> None:
    made = board(ManualClock(NOW))
    text = "\n".join(shown(wall(context(made), 80, 24, MOMENT).lines))
    assert "■LONGEST           ■READY" in text
    assert " WAITING" in text
    assert "acked nobody" in text
    for alarm in made.alarms.active():
        made.alarms.acknowledge(alarm.id, "Mira")
    text = "\n".join(shown(wall(context(made), 80, 24, MOMENT).lines))
    assert "acked Mira 02:40" in text
    assert "acked nobody" not in text
    assert "■ Water rescue error (asked open)" in text


def test_old_numbers_are_marked_and_not_in_the_colour_of_an_alarm() -> None:
    clock = ManualClock(NOW)
    made = board(clock)
    clock.advance(90)
    here = wall(context(made, clock.now()), 80, 24, MOMENT)
    text = "\n".join(shown(here.lines))
    assert "~WAITING" in text
    assert "~ stale" in text
    assert {cell.style for line in here.lines[3:8] for cell in line if "█" in cell.text} == {"stale bold"}


@pytest.mark.parametrize(("size", "dots"), [((160, 50), (2, 2)), ((240, 67), (3, 3)), ((80, 24), (1, 1))])
def test_digits_are_as_large_as_all_queues_allow(size: tuple[int, int], dots: tuple[int, int]) -> None:
    lines = shown(wall(context(), *size, MOMENT).lines)
    eight = {(1, 1): "███", (2, 2): "██████", (3, 3): "█████████"}[dots]
    places = [y for y, line in enumerate(lines) if f" {eight} " in line]
    assert len(places) >= dots[1]
    assert not any("█" * (3 * dots[0] + 1) in line for line in lines[7:-3])


def test_a_number_that_is_longer_than_its_place_stands_in_normal_digits() -> None:
    lines = shown(wall(context(queues({"Sales": 1234})), 40, 14, MOMENT).lines)
    assert any(line.startswith(" 1234 ") for line in lines)


@pytest.mark.parametrize(
    ("name", "text"),
    [("Поддержка", "■ Поддержка"), ("Sales for the whole south", "SALES FOR"), ("山田東京", "■ 山田東京")],
)
def test_a_name_without_large_letters_is_there_all_the_same(name: str, text: str) -> None:
    page = wall(context(queues({name: 9})), 80, 24, MOMENT)
    lines = shown(page.lines)
    if text.isascii():
        assert found(text, lines)
        assert any("the whole south" in line for line in lines), "the rest of it in normal letters"
    else:
        (y,) = [number for number, line in enumerate(lines[:20]) if text in line]
        reverse = [cell.style for cell in page.lines[y] if name in cell.text]
        assert reverse == ["alarm reverse bold"]


def test_below_stand_the_clock_the_worst_alarm_and_what_is_not_live() -> None:
    made = board(ManualClock(NOW))
    made.source(SourceInfo("cc", "sinch"))
    lines = shown(wall(context(made), 160, 50, MOMENT, hint="q leaves the wall").lines)
    assert found("02:40", lines) == [(1, 47)]
    text = "\n".join(lines[-4:])
    assert "■2 ▲3  Water rescue error for 6 min, asked open, since 02:40, acked by nobody" in text
    assert "wait 2   longest 3:12 Sales   ready 1/4" in text
    assert "sources 3/4: cc" in text
    assert lines[-1].endswith("page 1/1   q leaves the wall ")


def test_no_callers_number_stands_on_it() -> None:
    text = "\n".join(line for page in pages(board(ManualClock(NOW)), 400, 120) for line in shown(page.lines))
    for row in rows()[HQ, Resource.MEMBERS]:
        assert isinstance(row, Member)
        assert row.number not in text
        assert row.number[-3:] not in text
