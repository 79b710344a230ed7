"""What is sent to change a hotline or a telephone, and how it is known to have happened.

A PUT replaces the whole object, so it is made of an object that was just read: everything that came back goes back,
unknown fields and the texts of announcements byte for byte. Only `number`, which is no field of the request, is left
out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import NotSent
from wallboard.domain.forms import Form, FormField, Takes
from wallboard.domain.keys import Resource
from wallboard.domain.models import Hotline, Phone, Row
from wallboard.domain.states import HotlineState, Wanted
from wallboard.domain.text import clean
from wallboard.vendors.base import Evidence, Trial, Verification
from wallboard.vendors.groupalarm.mapping import ANNOUNCEMENT, quoted, shown, written
from wallboard.vendors.groupalarm.wire import HotlineWire
from wallboard.vendors.readings import was_so

HOTLINE_VERBS = (Verb.OPEN, Verb.CLOSE, Verb.ANNOUNCE)
PHONE_VERBS = (Verb.SIGNIN, Verb.SIGNOUT)
VERBS = HOTLINE_VERBS + PHONE_VERBS
DEADLINE = 20.0
SETTLED = 6.0
"""A reading this many seconds after the answer that still shows the old state denies the action."""

HOTLINE_NEEDS = ("agents", "isActive", "name", "organizationID")
"""Required in the request (seed 001)."""
HOTLINE_LOSES = ("channelsInbound", "channelsOutbound", "ttsInbound", "ttsOutbound")
"""Optional in the request: left out, each would fall back to the vendor's default."""
PHONE_NEEDS = ("isActive", "name", "phone", "userID")


def hotline_body(fresh: Mapping[str, Any], command: Command) -> dict[str, Any]:
    """The object to PUT, made of `fresh`. NotSent if that is not the whole hotline or the text is too long."""
    _whole(fresh, command, HOTLINE_NEEDS, HOTLINE_LOSES, "hotline")
    body = {name: value for name, value in fresh.items() if name != "number"}
    match command.verb:
        case Verb.OPEN:
            body["isActive"] = True
        case Verb.CLOSE:
            body["isActive"] = False
        case _:
            given = dict(command.args)
            for argument, name in (("text_in", "ttsInbound"), ("text_out", "ttsOutbound")):
                if argument in given:
                    body[name] = _announcement(given[argument], body[name])
    return body


def announcements(hotline: Hotline, wire: HotlineWire | None) -> Form:
    """Both announcements as they are, to be edited; one that comes in quotes has two characters less to give away."""
    return Form(
        "announce",
        clean(f"Announcements of {hotline.name}"),
        tuple(
            FormField(name, label, Takes.LINE, text, most=ANNOUNCEMENT - 2 * quoted(raw), hint="empty: none")
            for name, label, text, raw in (
                ("text_in", "To callers", hotline.announcement_in, wire.tts_in if wire else ""),
                ("text_out", "To agents", hotline.announcement_out, wire.tts_out if wire else ""),
            )
        ),
        clean("spoken by the vendor's text to speech"),
    )


def phone_body(fresh: Mapping[str, Any], command: Command) -> dict[str, Any]:
    """The object to PUT, made of `fresh`. NotSent if that is not the whole telephone."""
    _whole(fresh, command, PHONE_NEEDS, (), "telephone")
    return {**fresh, "isActive": command.verb is Verb.SIGNIN}


def _whole(
    fresh: Mapping[str, Any], command: Command, needed: tuple[str, ...], lost: tuple[str, ...], what: str
) -> None:
    missing = [name for name in needed if fresh.get(name) is None] + [name for name in lost if name not in fresh]
    if missing:
        raise NotSent(f"nothing sent: the vendor did not return {missing[0]}, and writing without it would lose it")
    identity = fresh.get("id")
    if identity is not None and str(identity) != command.target.key.id:
        raise NotSent(f"nothing sent: the vendor returned another {what}")


def _announcement(wanted: str, before: object) -> str:
    if not isinstance(before, str):
        raise NotSent("nothing sent: the vendor returned an announcement that is no text")
    text = written(wanted, before)
    if len(text) > ANNOUNCEMENT:
        raise NotSent(f"nothing sent: an announcement has at most {ANNOUNCEMENT} characters, this one has {len(text)}")
    return text


# ---- evidence --------------------------------------------------------------------------------------------------


OLD_STATE = (
    "a list asked for before the answer, or only one of the two fields (asked for, and is): both are read since; what "
    "was so before is said to have been"
)
OLD_TEXT = "a list asked for before the answer, or a command without a text: the text asked for is read since"


def verification(verb: Verb, command: Command | None = None, before: Row | None = None) -> Verification:
    """The row of the verification table; `command` only for announcements, whose evidence is their text, `before` for
    what was so already."""
    match verb:
        case Verb.OPEN:
            return _hotline(
                verb,
                "PUT /hotlines/{hotlineID} (the whole object) isActive: true",
                (
                    _is("reading it back: it is open", Wanted.OPEN, HotlineState.OPEN, before),
                    _is(
                        "reading it back: it was asked to open, and is starting",
                        Wanted.OPEN,
                        HotlineState.STARTING,
                        before,
                    ),
                ),
                (
                    Evidence("the vendor reports an error", _settled_in(Wanted.OPEN, HotlineState.ERROR)),
                    Evidence("it still is asked to be paused", _settled_in(Wanted.PAUSED)),
                ),
            )
        case Verb.CLOSE:
            return _hotline(
                verb,
                "PUT /hotlines/{hotlineID} (the whole object) isActive: false",
                (_is("reading it back: it is paused", Wanted.PAUSED, HotlineState.PAUSED, before),),
                (
                    Evidence("the vendor reports an error", _settled_in(Wanted.PAUSED, HotlineState.ERROR)),
                    Evidence("it still is asked to be open", _settled_in(Wanted.OPEN)),
                ),
            )
        case Verb.ANNOUNCE:
            return _hotline(
                verb,
                "PUT /hotlines/{hotlineID} (the whole object) ttsInbound, ttsOutbound",
                (
                    Evidence(
                        was_so("reading it back: the new text", _says(before, command)),
                        lambda trial: _read(trial) and _says(trial.after(), command),
                        OLD_TEXT,
                    ),
                ),
                (
                    Evidence(
                        "the vendor returns another text",
                        lambda trial: _settled(trial) and not _says(trial.after(), command),
                    ),
                ),
            )
        case Verb.SIGNIN | Verb.SIGNOUT:
            on = verb is Verb.SIGNIN
            return Verification(
                verb=verb,
                request=f"PUT /agents/{{id}} (the whole object) isActive: {'true' if on else 'false'}",
                confirms=(
                    Evidence(
                        was_so(f"reading it back: {_duty(on)}", isinstance(before, Phone) and before.registered is on),
                        _registered(on, Trial.read_since),
                        OLD_STATE,
                    ),
                ),
                denies=(Evidence(f"the telephone still is {_duty(not on)}", _registered(not on, _settled_phones)),),
                deadline=DEADLINE,
                watch=(Resource.PHONES, Resource.HOTLINES),
            )
        case _:
            return Verification(verb=verb, request="", cannot="GroupAlarm has no such action")


def _hotline(verb: Verb, request: str, confirms: tuple[Evidence, ...], denies: tuple[Evidence, ...]) -> Verification:
    return Verification(verb, request, confirms, denies, DEADLINE, (Resource.HOTLINES,))


def _read(trial: Trial) -> bool:
    return trial.read_since(Resource.HOTLINES, "")


def _late(trial: Trial, resource: Resource) -> bool:
    at = trial.facts.read_at(trial.source, resource, "")
    return at is not None and at > trial.receipt.answered_at + SETTLED


def _settled(trial: Trial) -> bool:
    return _late(trial, Resource.HOTLINES)


def _settled_phones(trial: Trial, resource: Resource, scope: str | None = None) -> bool:
    return _late(trial, resource)


def _is(text: str, wanted: Wanted, state: HotlineState, before: Row | None) -> Evidence:
    def fits(row: Row | None) -> bool:
        return isinstance(row, Hotline) and row.wanted is wanted and row.state is state

    return Evidence(was_so(text, fits(before)), lambda trial: _read(trial) and fits(trial.after()), OLD_STATE)


def _settled_in(wanted: Wanted, state: HotlineState | None = None) -> Callable[[Trial], bool]:
    def test(trial: Trial) -> bool:
        row = trial.after()
        fits = isinstance(row, Hotline) and row.wanted is wanted and state in (None, row.state)
        return fits and _settled(trial)

    return test


def _says(row: Row | None, command: Command | None) -> bool:
    """Whether the hotline announces what was asked for; False where nothing was."""
    if not isinstance(row, Hotline) or command is None:
        return False
    given = dict(command.args)
    asked = [
        is_now == shown(given[argument])
        for argument, is_now in (("text_in", row.announcement_in), ("text_out", row.announcement_out))
        if argument in given
    ]
    return bool(asked) and all(asked)


def _duty(on: bool) -> str:
    return "on duty" if on else "off duty"


def _registered(on: bool, read: Callable[[Trial, Resource, str | None], bool]) -> Callable[[Trial], bool]:
    def test(trial: Trial) -> bool:
        row = trial.after()
        return isinstance(row, Phone) and row.registered is on and read(trial, Resource.PHONES, "")

    return test
