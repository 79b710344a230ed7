"""The picker over a directory of several sources: what is marked, what is said of it, what really is dialled."""

from __future__ import annotations

from tests.support.console import HQ, LAB, NOW, agent, board, read
from tests.support.typing import tap
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Destination
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Hotline
from wallboard.domain.places import Favourite, Route
from wallboard.domain.states import AgentState, HotlineState, Wanted
from wallboard.domain.text import clean
from wallboard.view.context import Context
from wallboard.view.directory import Directory
from wallboard.view.picker import Picked, Picker

RESCUE = Hotline(
    Key("responders", Kind.HOTLINE, "9"),
    clean("Cave rescue"),
    clean("004924155669"),
    Wanted.OPEN,
    HotlineState.OPEN,
)


def picker(*routes: Route, attended: bool = False) -> Picker:
    shown = board(ManualClock(NOW))
    others = (
        agent("l1", "Nightingale Lab", "301", AgentState.READY, 9, source=LAB),
        agent("l2", "Sally Field", "302", AgentState.READY, 9, source=LAB),
    )
    read(shown, {(LAB, Resource.AGENTS): others, ("responders", Resource.HOTLINES): (RESCUE,)}, NOW, 2)
    favourites = [
        Favourite("Branch", "55", "branch"),
        Favourite("Night desk", "8100", HQ),
        Favourite("Safe alley", "8200", HQ),
    ]

    def can_dial(source: str, destination: Destination) -> tuple[bool, str]:
        return True, ""

    regions = {HQ: "DE", LAB: "DE", "responders": "DE"}
    book = Directory(Context(shown, NOW), HQ, favourites, routes, can_dial, regions)
    return Picker("TRANSFER of Eve Lund", book, "leaves Sales, loses place 1", NOW, attended)


def typed(picks: Picker, text: str) -> Picker:
    for char in text:
        tap(picks, "space" if char == " " else char, char, NOW)
    return picks


def picked(picks: Picker) -> Picked | None:
    answer = tap(picks, "enter", None, NOW + 1)
    return answer.value if answer is not None and isinstance(answer.value, Picked) else None


def text(picks: Picker, width: int = 120) -> str:
    return "\n".join("".join(cell.text for cell in line) for line in picks.lines(width, NOW))


def test_six_keys_reach_the_night_desk() -> None:
    """`t n i g h Enter`: the first and the last belong to the console and to this."""
    chosen = picked(typed(picker(), "nigh"))
    assert chosen is not None
    assert chosen.place.destination() == Destination("8100", "Night desk", None, HQ)


def test_a_public_number_of_another_source_is_sent_and_shown_as_it_is_dialled() -> None:
    picks = typed(picker(), "cave")
    assert "→ Cave rescue +4924155669 ● open" in text(picks)
    chosen = picked(picks)
    assert chosen is not None
    assert (chosen.place.number, chosen.place.key) == ("+4924155669", RESCUE.key)


def test_a_national_writing_marks_the_one_it_means_and_asks_nothing() -> None:
    chosen = picked(typed(picker(), "0241 55669"))
    assert chosen is not None
    assert chosen.place.label == "Cave rescue"


def test_by_route_the_digits_that_are_really_dialled_are_shown() -> None:
    picks = typed(picker(Route(HQ, LAB, "88")), "sally")
    assert "dials 88302" in text(picks)
    assert "→ Sally Field 88302" in text(picks)
    chosen = picked(picks)
    assert chosen is not None
    assert chosen.place.number == "88302"


def test_what_cannot_be_dialled_says_why_also_when_it_is_marked() -> None:
    picks = typed(picker(), "sally")
    assert picks.mark is None
    assert picked(picks) is None
    tap(picks, "down", None, NOW)
    assert "Sally Field 302: hq cannot dial it: an extension of lab, no route. Enter is off" in text(picks, 120)
    assert picked(picks) is None


def test_letters_scattered_in_another_name_do_not_stand_for_one_that_cannot_be_dialled() -> None:
    picks = typed(picker(), "sally")
    assert [(place.label, place.ok) for place in picks.places()] == [("Sally Field", False), ("Safe alley", True)]
    assert picks.mark is None
    assert picked(picks) is None


def test_a_number_that_nobody_knows_stays_in_sight_below_many_matches() -> None:
    picks = typed(picker(), "20")
    lines = text(picks, 80).splitlines()
    assert any("dial “20”" in line for line in lines)
    assert picks.mark == 0, "and what is known is marked"
    for _ in range(len(picks.places())):
        tap(picks, "down", None, NOW)
    assert "→ dial “20”" in text(picks, 80)


def test_a_number_known_by_several_names_says_so() -> None:
    shown = board(ManualClock(NOW))
    read(shown, {("responders", Resource.HOTLINES): (RESCUE,)}, NOW, 2)
    book = Directory(Context(shown, NOW), HQ, [Favourite("Summit", "+49 241 55669")], [], lambda source, to: (True, ""))
    picks = typed(Picker("TRANSFER", book, "", NOW), "cave")
    assert "also Cave rescue" in text(picks)
    chosen = picked(picks)
    assert chosen is not None
    assert chosen.place.destination() == Destination("+4924155669", "Summit", RESCUE.key, "responders")
