"""Where a call may go: own extensions, everybody's public numbers, routes, and why the rest cannot be dialled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.console import HQ, LAB, NOW, RESPONDERS, agent, board, queue, read
from wallboard.board.board import Board
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Destination
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Entry, Hotline, Phone, Queue, Receptionist, Row
from wallboard.domain.numbers import dialled
from wallboard.domain.places import Favourite, Route
from wallboard.domain.states import AgentState, Channel, HotlineState, Wanted
from wallboard.domain.text import clean
from wallboard.domain.update import FeedStatus, SourceInfo
from wallboard.view.context import Context
from wallboard.view.directory import Directory, Place, is_number

FAVOURITES = (
    Favourite("Night desk", "8100", HQ),
    Favourite("Branch desk", "55", "branch"),
    Favourite("Taxi", "+49 30 1234567"),
)
GERMAN = {HQ: "DE", LAB: "DE", RESPONDERS: "DE"}
BRANCH = "branch"


def yes(source: str, destination: Destination) -> tuple[bool, str]:
    return True, ""


def made(source: str = HQ, *routes: Route) -> Directory:
    shown = board(ManualClock(NOW))
    read(shown, {(LAB, Resource.AGENTS): (agent("lab-1", "Lara Lab", "301", AgentState.READY, 9, source=LAB),)}, NOW, 2)
    return Directory(Context(shown, NOW), source, FAVOURITES, routes, yes)


def with_rows(*lists: tuple[str, Resource, tuple[Row, ...]]) -> Board:
    """The sample board with the given lists in place of its own."""
    shown = board(ManualClock(NOW))
    for name in {source for source, _, _ in lists} - set(shown.sources()):
        shown.source(SourceInfo(name, "sample"))
    read(shown, {(source, resource): rows for source, resource, rows in lists}, NOW, 2)
    shown.tick()
    return shown


def over(
    shown: Board,
    *routes: Route,
    source: str = HQ,
    favourites: tuple[Favourite, ...] = (),
    regions: Mapping[str, str] | None = None,
) -> Directory:
    return Directory(Context(shown, NOW), source, favourites, routes, yes, GERMAN if regions is None else regions)


def hotline(ident: str, name: str, number: str) -> Hotline:
    key = Key(RESPONDERS, Kind.HOTLINE, ident)
    return Hotline(key, clean(name), clean(number), Wanted.OPEN, HotlineState.OPEN, since=NOW - 60)


def receptionist(number: str, *, opened: bool | None, to: str = "601", source: str = BRANCH) -> Receptionist:
    entries = (Entry(clean("1"), clean(to), opened),) if opened is not None else ()
    key = Key(source, Kind.RECEPTIONIST, "r1")
    return Receptionist(key, clean("Night menu"), clean(number), open=opened, sends_to=entries)


def phone(source: str, ident: str, name: str, number: str, *, use: str = "phone") -> Phone:
    return Phone(Key(source, Kind.PHONE, ident), clean(name), clean(number), True, use)


def one(directory: Directory, text: str) -> Place:
    return directory.matches(text)[0]


# ---- how it is dialled -------------------------------------------------------------------------------------------


def test_own_extensions_are_dialled_as_they_are_with_state_and_age() -> None:
    place = one(made(), "Bo Quist")
    assert (place.number, place.ok, place.state, place.source) == ("202", True, "◆ talking 1:20", HQ)


def test_an_extension_belongs_to_its_source() -> None:
    place = one(made(), "Lara Lab")
    assert (place.ok, place.reason) == (False, "hq cannot dial it: an extension of lab, no route")
    assert one(made(LAB), "Lara Lab").ok


def test_a_public_number_goes_across() -> None:
    place = one(made(), "Mountain rescue")
    assert (place.source, place.ok, place.number) == (RESPONDERS, True, "+4924155660")
    assert not place.dialled_differs, "blanks are no difference"


def test_a_route_puts_its_prefix_before_the_extension_and_shows_what_is_dialled() -> None:
    place = one(made(HQ, Route(HQ, LAB, "88")), "Lara Lab")
    assert (place.ok, place.shown, place.number, place.dialled_differs) == (True, "301", "88301", True)
    assert not one(made(HQ, Route(LAB, HQ, "88")), "Lara Lab").ok, "a route leads one way"


def test_a_favourite_of_another_source_goes_by_route_too() -> None:
    place = one(made(HQ, Route(HQ, "branch", "77")), "2")
    assert (place.label, place.ok, place.number, place.shown) == ("Branch desk", True, "7755", "55")


def test_what_the_source_refuses_is_shown_with_its_reason() -> None:
    def no(source: str, destination: Destination) -> tuple[bool, str]:
        return destination.number != "202", "only numbers of this site"

    place = one(Directory(Context(board(ManualClock(NOW)), NOW), HQ, (), (), no), "Bo Quist")
    assert (place.ok, place.reason) == (False, "only numbers of this site")


def test_a_public_number_is_dialled_in_the_first_writing_that_the_source_takes() -> None:
    def digits(source: str, destination: Destination) -> tuple[bool, str]:
        return destination.number.isdigit(), "digits only"

    shown = board(ManualClock(NOW))
    place = one(Directory(Context(shown, NOW), HQ, (), (), digits, GERMAN), "Mountain rescue")
    assert (place.ok, place.number, place.dialled_differs) == (True, "004924155660", True)


def test_a_national_number_of_another_source_goes_out_internationally_and_is_shown_so() -> None:
    shown = with_rows((RESPONDERS, Resource.HOTLINES, (hotline("1", "Cave rescue", "0241 55660"),)))
    place = one(over(shown), "cave")
    assert (place.number, place.shown, place.dialled_differs) == ("+4924155660", "+49 241 55660", False)
    unknown = one(over(shown, regions={}), "cave")
    assert (unknown.ok, unknown.reason) == (False, "hq cannot dial it: an extension of responders, no route")


def test_a_favourite_without_a_source_is_dialled_as_it_was_written() -> None:
    place = one(over(with_rows(), favourites=(Favourite("Doctor", "0241 55669"),)), "doctor")
    assert (place.number, place.ok) == ("024155669", True)


def test_an_agent_without_a_number_is_named_with_the_reason() -> None:
    shown = with_rows((LAB, Resource.AGENTS, (agent("x", "Nora None", "", AgentState.READY, 9, source=LAB),)))
    place = one(over(shown, source=LAB), "Nora")
    assert (place.ok, place.reason) == (False, "no number")


# ---- one number, one entry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("writing", ["004924155660", "+49 241 55660", "0241 55660", "0241/55660", "+49 (0)241 55660"])
def test_a_public_number_stands_once_however_each_source_writes_it(writing: str) -> None:
    desk = phone(HQ, "p1", "Rescue phone", writing)
    shown = with_rows(
        (RESPONDERS, Resource.HOTLINES, (hotline("1", "Mountain rescue", "004924155660"),)),
        (HQ, Resource.PHONES, (desk,)),
    )
    directory = over(shown)
    assert len([entry for entry in directory.entries if entry.public == "+4924155660"]) == 1
    assert [place.key for place in directory.exact("024155660")] == [desk.key]
    assert one(directory, "mountain").key == desk.key, "the other name is searched, too"


def test_the_own_sources_name_is_best_and_a_favourites_name_better() -> None:
    shown = with_rows(
        (RESPONDERS, Resource.HOTLINES, (hotline("1", "Mountain rescue", "004924155660"),)),
        (LAB, Resource.PHONES, (phone(LAB, "p1", "Rescue phone", "+4924155660"),)),
    )
    assert one(over(shown), "0241 55660").label == "Mountain rescue"
    assert one(over(shown, source=LAB), "0241 55660").label == "Rescue phone"
    named = one(over(shown, favourites=(Favourite("Summit", "+49 241 55660"),)), "0241 55660")
    assert (named.label, named.also, named.digit) == ("Summit", ("Mountain rescue", "Rescue phone"), "1")
    assert named.state == "● open 1:00", "and it has the state of what it leads to"


def test_the_same_extension_in_two_sources_is_two_entries() -> None:
    shown = with_rows(
        (LAB, Resource.AGENTS, (agent("x", "Lara Lab", "202", AgentState.READY, 9, source=LAB),)),
    )
    found = over(shown, Route(HQ, LAB, "88")).exact("202")
    assert [(place.label, place.number) for place in found] == [("Bo Quist", "202"), ("Lara Lab", "88202")]


def test_a_telephone_is_its_agents_and_two_agents_at_one_telephone_are_two() -> None:
    shown = with_rows(
        (HQ, Resource.PHONES, (phone(HQ, "p", "desk 202", "202"),)),
        (
            HQ,
            Resource.AGENTS,
            (agent("a", "Ada", "202", AgentState.READY, 1), agent("b", "Bea", "202", AgentState.OFF, 1)),
        ),
    )
    found = over(shown).matches("202")
    assert [(place.label, place.also) for place in found] == [("Ada", ("desk 202",)), ("Bea", ("desk 202",))]


def test_a_favourite_takes_the_state_of_the_row_that_it_leads_to() -> None:
    shown = with_rows((BRANCH, Resource.RECEPTIONISTS, (receptionist("8100", opened=True),)))
    favourite = (Favourite("Night desk", "8100", BRANCH),)
    place = one(over(shown, Route(HQ, BRANCH, "77"), favourites=favourite), "1")
    assert (place.label, place.state, place.number) == ("Night desk", "● open → 601", "778100")
    assert place.destination().key == Key(BRANCH, Kind.RECEPTIONIST, "r1")


def test_a_chat_queue_is_listed_but_is_no_telephone() -> None:
    chat = Queue(
        Key(LAB, Kind.QUEUE, "c"), clean("Web chat"), channel=Channel.CHAT, addresses=(clean("chat@site"), clean("c2"))
    )
    shown = with_rows((LAB, Resource.QUEUES, (chat,)))
    found = over(shown, Route(HQ, LAB, "8")).matches("web chat")
    assert [(place.shown, place.ok, place.reason) for place in found] == [
        ("c2", False, "chat address"),
        ("chat@site", False, "chat address"),
    ]


def test_every_telephone_address_of_a_queue_is_a_destination() -> None:
    numbers = (clean("+49 40 700100"), clean("+49 40 700101"))
    sales = replace(queue(LAB, "q", "Sales", 0, 0, 0), number=numbers[0], addresses=numbers, no_counts=clean("none"))
    found = over(with_rows((LAB, Resource.QUEUES, (sales,)))).matches("+49 40 7001")
    assert [(place.label, place.number, place.state) for place in found[:2]] == [
        ("Sales", "+4940700100", "– no live state"),
        ("Sales", "+4940700101", "– no live state"),
    ]


# ---- the state beside it -----------------------------------------------------------------------------------------


def test_a_queue_of_another_source_is_shown_but_not_dialled() -> None:
    shown = with_rows((LAB, Resource.QUEUES, (queue(LAB, "help", "Helpdesk", 3, 0, 0),)))
    place = one(over(shown), "Helpdesk")
    assert (place.ok, place.state) == (False, "○ 3 waiting")
    assert one(over(shown), "Sales").state == "○ 1 waiting 3:12"


@pytest.mark.parametrize(
    ("opened", "state"), [(True, "● open → 601"), (False, "· closed → 601"), (None, "– no live state")]
)
def test_a_receptionist_says_where_it_sends_a_caller_now(opened: bool | None, state: str) -> None:
    shown = with_rows((BRANCH, Resource.RECEPTIONISTS, (receptionist("8100", opened=opened),)))
    assert one(over(shown, source=BRANCH), "night").state == state


def test_a_roster_has_no_live_state_and_a_conference_room_is_called_one() -> None:
    roster = Agent(Key(LAB, Kind.AGENT, "s"), clean("Sven Berg"), clean("4001"), no_state=clean("a roster"))
    room = phone(LAB, "room", "War room", "9000", use="conference")
    directory = over(with_rows((LAB, Resource.AGENTS, (roster,)), (LAB, Resource.PHONES, (room,))), source=LAB)
    assert one(directory, "sven").state == "– no live state"
    assert one(directory, "war").state == "○ conference"


def test_the_state_and_its_age_stay_true_while_somebody_chooses() -> None:
    shown = board(ManualClock(NOW))
    now = [Context(shown, NOW)]
    directory = Directory(lambda: now[0], HQ, (), (), yes)
    assert one(directory, "bo quist").state == "◆ talking 1:20"
    read(shown, {(HQ, Resource.CALLS): (), (HQ, Resource.MEMBERS): ()}, NOW, 2)
    read(shown, {(HQ, Resource.AGENTS): (agent("bo", "Bo Quist", "202", AgentState.BREAK, 1),)}, NOW, 2)
    now[0] = Context(shown, NOW + 5)
    assert one(directory, "bo quist").state == "‖ break 0:06"


def test_old_data_is_not_shown_as_if_it_were_true() -> None:
    later = ManualClock(NOW + 600)
    old = board(later)
    old.status(FeedStatus(HQ, Resource.AGENTS, "", 5.0, 8.0, last_ok=NOW, next_at=NOW, successes=1, failures=9))
    old.tick()
    place = Directory(Context(old, NOW + 600), HQ, (), (), yes).matches("jo alder")[0]
    assert (place.style, place.state) == ("stale", "~ ready stale")


# ---- what typed text means ---------------------------------------------------------------------------------------


def test_favourites_come_first_with_their_digits() -> None:
    first = made().matches("")[:3]
    assert [place.digit for place in first] == ["1", "2", "3"]
    assert one(made(), "3").label == "Taxi"
    branch = next(place for place in made().matches("branch") if place.digit == "2")
    assert (branch.ok, branch.reason) == (False, "hq cannot dial it: an extension of branch, no route")


def test_a_number_beats_a_name_and_a_name_beats_scattered_letters() -> None:
    assert one(made(), "203").label == "Cy Reed"
    assert one(made(), "+49 241 55661").label == "Water rescue"
    assert one(made(), "wtr").label == "Water rescue"
    assert one(made(), "quist bo").label == "Bo Quist"


@pytest.mark.parametrize("text", ["4711", "+49 30 99", "*21#", "0800 (12) 34-5"])
def test_a_dialable_number_is_always_a_choice(text: str) -> None:
    typed = made().matches(text)[-1]
    assert (typed.unknown, typed.number, typed.destination().label) == (True, dialled(text), "")


def test_a_number_that_is_known_is_not_offered_twice() -> None:
    assert [place.number for place in made().matches("202")].count("202") == 1
    assert not any(place.unknown for place in over(with_rows()).matches("0241 55660"))


def test_what_is_no_number_is_not_dialled() -> None:
    assert made().matches("nobody at all") == []
    assert not is_number("")
    assert not is_number("x1")


def test_five_thousand_entries_give_no_more_than_a_screenful_and_find_the_one() -> None:
    many = tuple(
        agent(f"a{n}", f"Agent Number{n:04}", str(10_000 + n), AgentState.READY, n, source=LAB) for n in range(5000)
    )
    directory = over(with_rows((LAB, Resource.AGENTS, many)), source=LAB)
    assert len(directory.matches("")) == 50
    assert len(directory.matches("agent")) == 50
    assert one(directory, "number4321").label == "Agent Number4321"
    assert one(directory, "14321").label == "Agent Number4321"


def test_the_exact_names_that_a_script_may_write() -> None:
    directory = made()
    assert [place.number for place in directory.exact("night DESK")] == ["8100"]
    assert [place.number for place in directory.exact("8100")] == ["8100"]
    assert directory.exact("night") == []
    assert directory.exact("") == []


EVERYBODY = made()


@given(st.text(max_size=12))
def test_any_text_gives_places_that_say_why_they_cannot_be_dialled(text: str) -> None:
    for place in EVERYBODY.matches(text):
        assert place.ok or place.reason
        assert not place.ok or dialled(place.number) == place.number
