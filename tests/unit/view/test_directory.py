"""Where a call may go: own extensions, everybody's public numbers, routes, and why the rest cannot be dialled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.golden.sample import HQ, LAB, NOW, RESPONDERS, agent, board, queue, read
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Destination
from wallboard.domain.keys import Resource
from wallboard.domain.states import AgentState
from wallboard.view.context import Context
from wallboard.view.directory import Directory, Favourite, Place, Route, is_number, plain

FAVOURITES = (
    Favourite("Night desk", "8100", HQ),
    Favourite("Branch desk", "55", "branch"),
    Favourite("Taxi", "+49 30 1234567"),
)


def yes(source: str, destination: Destination) -> tuple[bool, str]:
    return True, ""


def made(source: str = HQ, *routes: Route) -> Directory:
    shown = board(ManualClock(NOW))
    read(shown, {(LAB, Resource.AGENTS): (agent("lab-1", "Lara Lab", "301", AgentState.READY, 9, source=LAB),)}, NOW, 2)
    return Directory(Context(shown, NOW), source, FAVOURITES, routes, yes)


def one(directory: Directory, text: str) -> Place:
    return directory.matches(text)[0]


def test_own_extensions_are_dialled_as_they_are_with_state_and_age() -> None:
    place = one(made(), "Bo Quist")
    assert (place.number, place.ok, place.state, place.source) == ("202", True, "◆ talking 1:20", HQ)


def test_an_extension_belongs_to_its_source() -> None:
    place = one(made(), "Lara Lab")
    assert (place.ok, place.reason) == (False, "hq cannot dial it")
    assert one(made(LAB), "Lara Lab").ok


def test_a_public_number_goes_across() -> None:
    place = one(made(), "Mountain rescue")
    assert (place.source, place.ok, place.number) == (RESPONDERS, True, "+4924155660")
    assert not place.dialled_differs, "blanks are no difference"


def test_a_route_puts_its_prefix_before_the_extension_and_shows_what_is_dialled() -> None:
    place = one(made(HQ, Route(HQ, LAB, "88")), "Lara Lab")
    assert (place.ok, place.shown, place.number, place.dialled_differs) == (True, "301", "88301", True)
    assert not one(made(HQ, Route(LAB, HQ, "88")), "Lara Lab").ok, "a route leads one way"


def test_what_the_source_refuses_is_shown_with_its_reason() -> None:
    def no(source: str, destination: Destination) -> tuple[bool, str]:
        return destination.number != "202", "only numbers of this site"

    place = one(Directory(Context(board(ManualClock(NOW)), NOW), HQ, (), (), no), "Bo Quist")
    assert (place.ok, place.reason) == (False, "only numbers of this site")


def test_an_agent_without_a_number_is_named_with_the_reason() -> None:
    shown = board(ManualClock(NOW))
    read(shown, {(LAB, Resource.AGENTS): (agent("x", "Nora None", "", AgentState.READY, 9, source=LAB),)}, NOW, 2)
    place = one(Directory(Context(shown, NOW), LAB, (), (), yes), "Nora")
    assert (place.ok, place.reason) == (False, "no number")


def test_favourites_come_first_with_their_digits() -> None:
    first = made().matches("")[:3]
    assert [place.digit for place in first if place.ok] == ["1", "3"]
    assert one(made(), "3").label == "Taxi"
    branch = next(place for place in made().matches("branch") if place.digit == "2")
    assert (branch.ok, branch.reason) == (False, "hq cannot dial it")


def test_a_number_beats_a_name_and_a_name_beats_scattered_letters() -> None:
    assert one(made(), "203").label == "Cy Reed"
    assert one(made(), "+49 241 55661").label == "Water rescue"
    assert one(made(), "wtr").label == "Water rescue"
    assert one(made(), "quist bo").label == "Bo Quist"


@pytest.mark.parametrize("text", ["4711", "+49 30 99", "*21#", "0800 (12) 34-5"])
def test_a_dialable_number_is_always_a_choice(text: str) -> None:
    typed = made().matches(text)[-1]
    assert (typed.unknown, typed.number, typed.destination().label) == (True, plain(text), "")


def test_a_number_that_is_known_is_not_offered_twice() -> None:
    assert [place.number for place in made().matches("202")].count("202") == 1


def test_what_is_no_number_is_not_dialled() -> None:
    assert made().matches("nobody at all") == []
    assert not is_number("")
    assert not is_number("x1")


def test_five_thousand_entries_give_no_more_than_a_screenful_and_find_the_one() -> None:
    shown = board(ManualClock(NOW))
    many = tuple(
        agent(f"a{n}", f"Agent Number{n:04}", str(10_000 + n), AgentState.READY, n, source=LAB) for n in range(5000)
    )
    read(shown, {(LAB, Resource.AGENTS): many}, NOW, 2)
    directory = Directory(Context(shown, NOW), LAB, (), (), yes)
    assert len(directory.matches("")) == 50
    assert len(directory.matches("agent")) == 50
    assert one(directory, "number4321").label == "Agent Number4321"
    assert one(directory, "14321").label == "Agent Number4321"


def test_a_queue_of_another_source_is_shown_but_not_dialled() -> None:
    shown = board(ManualClock(NOW))
    read(shown, {(LAB, Resource.QUEUES): (queue(LAB, "help", "Helpdesk", 3, 0, 0),)}, NOW, 2)
    place = one(Directory(Context(shown, NOW), HQ, (), (), yes), "Helpdesk")
    assert (place.ok, place.state) == (False, "queue, 3 waiting")


EVERYBODY = made()


@given(st.text(max_size=12))
def test_any_text_gives_places_that_say_why_they_cannot_be_dialled(text: str) -> None:
    for place in EVERYBODY.matches(text):
        assert place.ok or place.reason
        assert not place.ok or plain(place.number) == place.number
