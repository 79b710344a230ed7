"""Verbs that a form is filled in for: refused with the form's own sentence, told by what they change, rowless where
there is no row yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from tests.control.fakes import DONE, NOW, call, desk_at, hotline, notice, receptionist, room
from wallboard.control.filled import changes, objection
from wallboard.control.journal_reader import show
from wallboard.control.outcome import Phase
from wallboard.control.policy import Offer, Situation, decide
from wallboard.domain.command import Command, Target, Verb, fingerprint, new_id
from wallboard.domain.forms import Form, FormField, Option, Takes
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Row
from wallboard.domain.states import CallState
from wallboard.domain.text import clean
from wallboard.vendors.base import YES, Can, SourceSettings

HERE = Situation(YES, phone="2001", now=NOW)
SETS = (Option("1", clean("Network")), Option("2", clean("Power")))
FORM = Form(
    "notice",
    clean("Notice"),
    (
        FormField("set", "Set", Takes.CHOICE, "1", SETS, required=True),
        FormField("until", "Until", Takes.MOMENT),
        FormField("remarks", "Remarks", Takes.LINE, "by police order", most=20),
    ),
)
SOURCE = Key("hq", Kind.SOURCE, "hq")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


# ---- the offer ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "row", "level", "consequence"),
    [
        (Verb.CHANGE, notice(), "confirm", "everyone sees it at once"),
        (Verb.CHANGE, receptionist(), "confirm", "calls to 700 go another way at once"),
        (Verb.ANNOUNCE, hotline(), "confirm", "callers and agents hear it from the next call on"),
        (Verb.TRANSCRIBE, call(), "confirm", "the vendor writes down what is said"),
        (Verb.ROOM, room(), "go", ""),
    ],
)
def test_what_is_asked_before_a_form_goes(verb: Verb, row: Row, level: str, consequence: str) -> None:
    offer = decide(verb, row, HERE)
    assert (offer.ok, offer.level, offer.consequence, offer.needs) == (True, level, consequence, "form")


@pytest.mark.parametrize(
    ("verb", "row", "reason"),
    [
        (Verb.ROOM, room(use="phone"), "not a conference room"),
        (Verb.TRANSCRIBE, call(state=CallState.RINGING), "not answered yet"),
        (Verb.TRANSCRIBE, replace(call(), real=False), "its audio runs elsewhere"),
        (Verb.TRANSCRIBE, replace(call(), spying=clean("Bo"), mine=True), "my own leg"),
        (Verb.CHANGE, call(), "nothing to edit here"),
        (Verb.CLOSE, notice(until=NOW - 5), "over already"),
    ],
)
def test_why_there_is_nothing_to_fill_in(verb: Verb, row: Row, reason: str) -> None:
    assert decide(verb, row, HERE) == Offer(False, reason)


def test_a_notice_is_published_on_a_source_and_asks() -> None:
    offer = decide(Verb.PUBLISH, None, HERE)
    assert (offer.ok, offer.level, offer.needs) == (True, "confirm", "form")
    assert decide(Verb.PUBLISH, None, replace(HERE, read_only=True)) == Offer(False, "read-only")
    assert decide(Verb.PUBLISH, None, replace(HERE, can=Can(False, "no sets"))) == Offer(False, "no sets")
    assert decide(Verb.PUBLISH, None, replace(HERE, can=Can(True, "texts may be lost"))).level == "name"


# ---- the values --------------------------------------------------------------------------------------------------


def filled(**values: str) -> Command:
    with_form = (("form", "notice"), *values.items())
    row = notice()
    return Command(new_id(), Verb.CHANGE, Target(row.key, "Fibre cut", fingerprint(row)), None, with_form, NOW)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"set": "7"}, "Set: '7' is not one of the choices"),
        ({"until": "tomorrow"}, "Until: write it as 2026-03-02 08:00"),
        ({"remarks": "x" * 25}, "Remarks: at most 20 characters, this is 5 too long"),
        ({}, "nothing changed"),
        ({"remarks": " by police order "}, "nothing changed"),
        ({"set": "2"}, ""),
    ],
)
def test_the_form_is_asked_again_before_anything_is_sent(values: dict[str, str], sentence: str) -> None:
    assert objection((FORM,), filled(**values)) == sentence


@pytest.mark.anyio
async def test_what_is_private_is_sent_but_stands_in_no_journal_and_no_sentence(path: Path) -> None:
    address = FormField("url", "Send text to", Takes.LINE, "", required=True, private=True)
    form = Form("start", clean("Speech to text"), (address,))
    async with desk_at(path, call()) as desk:
        desk.adapter.known_forms[Verb.TRANSCRIBE] = (form,)
        args = (("form", "start"), ("url", "https://listen.example/?key=k-123"))
        target = desk.dispatcher.target(call())
        command = Command(new_id(), Verb.TRANSCRIBE, target, None, args, NOW, private=form.private)
        desk.dispatcher.submit(command)
        await desk.idle()
        desk.board.prove(DONE, "transcribe c-1")
        outcome = await desk.settle(command)
    assert desk.adapter.performed[0].arg("url").endswith("k-123")
    assert "k-123" not in f"{show(path)} {outcome.sentence}"
    assert "send text to as given" in outcome.sentence


def test_a_form_that_is_no_longer_offered_is_refused() -> None:
    assert objection((replace(FORM, id="other"),), filled(set="2")).startswith("this form is not offered any more")


def test_what_changes_is_told_in_the_words_of_the_form() -> None:
    assert changes(FORM, {"set": "2", "until": "2026-03-02 08:00", "remarks": ""}) == [
        "set Network → Power",
        "until – → 2026-03-02 08:00",
        "remarks by police order → –",
    ]
    assert changes(FORM, {}, all_of_it=True) == ["set Network", "remarks by police order"]
    several = Form("s", clean("S"), (FormField("items", "Items", Takes.SEVERAL, "1 2", SETS),))
    assert changes(several, {"items": "2 1"}) == []
    assert changes(several, {"items": "2"}) == ["items Network, Power → Power"]


# ---- through the dispatcher --------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_notice_goes_out_without_a_row_and_locks_its_source_until_the_answer(path: Path) -> None:
    async with desk_at(path) as desk:
        desk.adapter.known_forms = {Verb.PUBLISH: (FORM,)}
        desk.adapter.hold = anyio.Event()
        first = desk.publish(("form", "notice"), ("set", "2"))
        await desk.idle()
        second = desk.publish(("form", "notice"), ("set", "1"))
        assert (await desk.settle(second)).ending == "refused: the row waits for the answer to publish a notice"
        assert desk.dispatcher.offer(Verb.PUBLISH, SOURCE).reason == "waits for the answer to publish a notice"
        desk.adapter.hold.set()
        await desk.idle()
        desk.board.prove(DONE, "publish hq")
        outcome = await desk.settle(first)
    assert outcome.phase is Phase.CONFIRMED
    assert outcome.sentence.startswith("publish a notice on hq (set Power; remarks by police order): confirmed")
    assert len(desk.adapter.performed) == 1
    assert [record["phase"] for record in show(path, action=first.id)] == ["requested", "sent", "answered", "confirmed"]


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["console", "source"])
async def test_nothing_is_published_or_changed_where_only_reading_is_allowed(path: Path, how: str) -> None:
    async with desk_at(path, notice(), read_only=how == "console") as desk:
        if how == "source":
            desk.adapter.settings = SourceSettings("hq", "fake", "http://127.0.0.1", read_only=True)
        desk.adapter.known_forms = {Verb.PUBLISH: (FORM,), Verb.CHANGE: (FORM,)}
        assert desk.dispatcher.offer(Verb.PUBLISH, SOURCE) == Offer(False, "read-only")
        put_up = await desk.settle(desk.publish(("form", "notice")))
        changed = await desk.settle(desk.press(Verb.CHANGE, notice(), "", ("form", "notice"), ("set", "2")))
    assert [put_up.ending, changed.ending] == ["refused: read-only"] * 2
    assert desk.adapter.performed == []


@pytest.mark.anyio
async def test_a_value_that_the_form_refuses_reaches_no_vendor(path: Path) -> None:
    async with desk_at(path, notice()) as desk:
        desk.adapter.known_forms = {Verb.CHANGE: (FORM,)}
        bad = await desk.settle(desk.press(Verb.CHANGE, notice(), "", ("form", "notice"), ("until", "soon")))
        same = await desk.settle(desk.press(Verb.CHANGE, notice(), "", ("form", "notice"), ("set", "1")))
        good = desk.press(Verb.CHANGE, notice(), "", ("form", "notice"), ("set", "2"))
        await desk.idle()
        desk.board.prove(DONE, "change n-1")
        done = await desk.settle(good)
    assert bad.ending == "refused: Until: write it as 2026-03-02 08:00"
    assert same.ending == "refused: nothing changed"
    assert done.sentence == "change the notice Fibre cut (set Network → Power): confirmed by the vendor's event"
    assert [command.id for command in desk.adapter.performed] == [good.id]


@pytest.mark.anyio
async def test_the_journal_keeps_of_long_texts_only_their_length(path: Path) -> None:
    long = replace(FORM, fields=(FormField("remarks", "Remarks", Takes.LINE, most=500),))
    async with desk_at(path, notice()) as desk:
        desk.adapter.known_forms = {Verb.CHANGE: (long,)}
        command = desk.press(Verb.CHANGE, notice(), "", ("form", "notice"), ("remarks", "y" * 200))
        await desk.settle(command)
    assert show(path, action=command.id)[0]["args"] == {"form": "notice", "remarks": "200 characters"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("verb", "row", "words"),
    [
        (Verb.CLOSE, notice(), "end the notice Fibre cut: "),
        (Verb.CLOSE, hotline(), "pause Water rescue: "),
        (Verb.CHANGE, receptionist(), "change the receptionist Front desk: "),
        (Verb.ROOM, room(), "set the conference room Bridge: "),
    ],
)
async def test_an_ending_names_what_was_done_to_what(path: Path, verb: Verb, row: Row, words: str) -> None:
    async with desk_at(path, row) as desk:
        assert (await desk.settle(desk.press(verb, row))).sentence.startswith(words)
