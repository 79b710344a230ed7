"""From a verb to a command: what is asked on the way, and that it is asked before anything else can be pressed."""

from __future__ import annotations

import pytest

from tests.control.fakes import NOW, FakeBoard, agent, call, hotline, member
from tests.support.adapters import FakeAdapter
from wallboard.control.flow import Flow, Flows, Intent, Left
from wallboard.control.labels import label
from wallboard.control.offers import Offers
from wallboard.control.questions import Choose, Confirm, TypeOut, Way, Where, Write
from wallboard.domain.clock import ManualClock
from wallboard.domain.command import Command, Destination
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Queue, Row
from wallboard.domain.text import clean
from wallboard.domain.verbs import Verb
from wallboard.vendors.base import Can

SALES = Queue(Key("hq", Kind.QUEUE, "601"), clean("Sales"), number=clean("601"))
SUPPORT = Queue(Key("hq", Kind.QUEUE, "602"), clean("Support"))


class Plain:
    def label(self, row: Row) -> str:
        return label(row)

    def whose(self, row: Row) -> str:
        return " · Night desk"


class Asked:
    """Flows on a board of these rows."""

    def __init__(self, *rows: Row) -> None:
        clock = ManualClock(NOW)
        self.board = FakeBoard(clock, *rows)
        self.adapter = FakeAdapter(clock)
        self.offers = Offers(self.board, {"hq": self.adapter}, clock)
        self.flows = Flows(self.offers, self.board, lambda: ("hq",), Plain())

    def press(self, verb: Verb, row: Row, args: tuple[tuple[str, str], ...] = ()) -> Flow:
        candidates = self.offers.candidates(verb, row.key) or [row]
        intents = [
            Intent(verb, each, None if each.key == row.key else row, self.offers.offer(verb, each.key))
            for each in candidates
        ]
        return self.flows.act(intents, row, args=args)


def test_what_needs_no_question_is_a_command_at_once() -> None:
    row = call()
    command = Asked(row).press(Verb.HOLD, row).go()
    assert isinstance(command, Command)
    assert (command.verb, command.target.key, command.args) == (Verb.HOLD, row.key, ())


def test_a_question_comes_without_a_turn_of_the_loop_and_no_leaves_it_as_it_is() -> None:
    # There is no loop here at all.
    row = call()
    flow = Asked(row).press(Verb.HANGUP, row)
    asked = flow.go()
    assert isinstance(asked, Confirm)
    assert (asked.title, asked.effect) == ("HANG UP Bo Quist ↔ Mia Sand?", "ends the call of Bo Quist ↔ Mia Sand")
    with pytest.raises(Left, match="left as it is: Bo Quist ↔ Mia Sand"):
        flow.go(False)


def test_a_transfer_asks_where_and_again_where_nobody_knows_the_number() -> None:
    row = call()
    flow = Asked(row).press(Verb.TRANSFER, row)
    where = flow.go()
    assert isinstance(where, Where)
    assert (where.row, where.effect, where.may_attend) == (row, "leaves the agent", True)
    unknown = flow.go(Way(Destination("999"), attended=False))
    assert isinstance(unknown, Confirm)
    command = flow.go(True)
    assert isinstance(command, Command)
    assert command.destination == Destination("999")


def test_attended_is_what_the_way_says() -> None:
    row = call()
    flow = Asked(row).press(Verb.TRANSFER, row)
    flow.go()
    command = flow.go(Way(Destination("204", "Cy Reed"), attended=True, asked=True))
    assert isinstance(command, Command)
    assert command.verb is Verb.ATTENDED


def test_staffing_asks_which_queue_from_an_agent_and_which_agent_from_a_queue() -> None:
    bo = agent("bo", queues=("601",))
    desk = Asked(SALES, SUPPORT, bo, agent("cy", queues=()), agent("di", queues=()))
    flow = desk.press(Verb.STAFF, bo)
    asked = flow.go()
    assert isinstance(asked, Choose)
    assert [option.value for option in asked.options] == [SUPPORT]
    command = flow.go(SUPPORT)
    assert isinstance(command, Command)
    assert command.args == (("queue", "602"), ("queue_name", "Support"))
    from_queue = desk.press(Verb.STAFF, SALES)
    who = from_queue.go()
    assert isinstance(who, Choose)
    assert [option.text for option in who.options] == ["Cy", "Di"]
    added = from_queue.go((who.options[1].value,))
    assert isinstance(added, Command)
    assert (added.target.key.id, added.target.via, added.arg("queue")) == ("di", SALES.key, "601")


def test_staffing_a_queue_asks_what_the_account_may_and_of_each_agent_whether_it_can() -> None:
    desk = Asked(SALES, agent("cy", queues=()), agent("di", queues=()))
    desk.adapter.able = lambda verb, row: Can(row is None or row.key.id == "di", "not this one")
    assert desk.offers.offer(Verb.STAFF, SALES.key).ok
    desk.adapter.refused[Verb.STAFF] = "this account may not"
    assert desk.offers.offer(Verb.STAFF, SALES.key).reason == "this account may not"


def test_one_who_is_reached_through_a_queue_is_named_before_it_happens() -> None:
    flow = Asked(SALES, member()).press(Verb.PICKUP, SALES)
    asked = flow.go()
    assert isinstance(asked, Confirm)
    assert asked.title == "TAKE Eve Lund?"


def test_an_agent_in_every_queue_can_be_added_to_none() -> None:
    bo = agent("bo", queues=("601",))
    with pytest.raises(Left, match="Bo is in every queue"):
        Asked(SALES, bo).press(Verb.STAFF, bo).go()


def test_pausing_a_hotline_wants_its_name_and_a_note_its_text() -> None:
    row = hotline()
    desk = Asked(row)
    asked = desk.press(Verb.CLOSE, row).go()
    assert isinstance(asked, TypeOut)
    assert (asked.word, asked.effect) == ("Water rescue", "calls to +49241 reach nobody")
    flow = desk.press(Verb.NOTE, row)
    note = flow.go()
    assert isinstance(note, Write)
    assert note.title == "NOTE on Water rescue · Night desk"
    command = flow.go("boat is out")
    assert isinstance(command, Command)
    assert command.arg("text") == "boat is out"


def test_a_question_knows_when_what_it_speaks_of_has_changed() -> None:
    row = call()
    desk = Asked(row)
    asked = desk.press(Verb.HANGUP, row).go()
    assert isinstance(asked, Confirm)
    assert asked.changed is not None
    assert asked.changed() == ""
    desk.board.held.clear()
    assert asked.changed() == "it ended"


def test_what_was_given_with_the_verb_goes_along() -> None:
    row = call()
    command = Asked(row).press(Verb.PARK, row, (("slot", "702"),)).go()
    assert isinstance(command, Command)
    assert command.args == (("slot", "702"),)
