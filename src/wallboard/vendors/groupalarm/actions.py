"""What is sent to change a hotline or a telephone, and how it is known to have happened.

A PUT replaces the whole object, so it is made of an object that was just read: everything that came back goes back,
unknown fields and the texts of announcements byte for byte. Only `number`, which is no field of the request, is left
out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import NotSent
from wallboard.domain.forms import Form, FormField, Takes
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.models import Hotline, Phone, Row
from wallboard.domain.states import HotlineState, Wanted
from wallboard.domain.text import clean
from wallboard.vendors.base import Verification
from wallboard.vendors.groupalarm.mapping import ANNOUNCEMENT, quoted, shown, written
from wallboard.vendors.groupalarm.wire import HotlineWire
from wallboard.vendors.kit.evidence import Says, read_at, read_back

HOTLINE_VERBS = (Verb.OPEN, Verb.CLOSE, Verb.ANNOUNCE)
PHONE_VERBS = (Verb.SIGNIN, Verb.SIGNOUT)
VERBS = HOTLINE_VERBS + PHONE_VERBS

HOTLINE_NEEDS = ("agents", "isActive", "name", "organizationID")
"""Required in the request (seed 001)."""
HOTLINE_LOSES = ("channelsInbound", "channelsOutbound", "ttsInbound", "ttsOutbound")
"""Optional in the request: left out, each would fall back to the vendor's default."""
PHONE_NEEDS = ("isActive", "name", "phone", "userID")


def hotline_body(fresh: Mapping[str, Any], command: Command) -> dict[str, Any]:
    """The object to PUT, made of `fresh`. NotSent if that is not the whole hotline or the text is too long."""
    another = tr("nothing sent: the vendor returned another hotline")
    _whole(fresh, command, HOTLINE_NEEDS, HOTLINE_LOSES, another)
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
        clean(tr("Announcements of {hotline}", hotline=hotline.name)),
        tuple(
            FormField(name, label, Takes.LINE, text, most=ANNOUNCEMENT - 2 * quoted(raw), hint=tr("empty: none"))
            for name, label, text, raw in (
                ("text_in", tr("To callers"), hotline.announcement_in, wire.tts_in if wire else ""),
                ("text_out", tr("To agents"), hotline.announcement_out, wire.tts_out if wire else ""),
            )
        ),
        clean(tr("spoken by the vendor's text to speech")),
    )


def phone_body(fresh: Mapping[str, Any], command: Command) -> dict[str, Any]:
    """The object to PUT, made of `fresh`. NotSent if that is not the whole telephone."""
    _whole(fresh, command, PHONE_NEEDS, (), tr("nothing sent: the vendor returned another telephone"))
    return {**fresh, "isActive": command.verb is Verb.SIGNIN}


def _whole(
    fresh: Mapping[str, Any], command: Command, needed: tuple[str, ...], lost: tuple[str, ...], another: str
) -> None:
    missing = [name for name in needed if fresh.get(name) is None] + [name for name in lost if name not in fresh]
    if missing:
        raise NotSent(
            tr(
                "nothing sent: the vendor did not return {field}, and writing without it would lose it",
                field=missing[0],
            )
        )
    identity = fresh.get("id")
    if identity is not None and str(identity) != command.target.key.id:
        raise NotSent(another)


def _announcement(wanted: str, before: object) -> str:
    if not isinstance(before, str):
        raise NotSent(tr("nothing sent: the vendor returned an announcement that is no text"))
    text = written(wanted, before)
    if len(text) > ANNOUNCEMENT:
        raise NotSent(
            tr(
                "nothing sent: an announcement has at most {most} characters, this one has {n}",
                most=ANNOUNCEMENT,
                n=len(text),
            )
        )
    return text


OLD_STATE = (
    "a list asked for before the answer, or only one of the two fields (asked for, and is): both are read since; what "
    "was so before is said to have been"
)
OLD_TEXT = "a list asked for before the answer, or a command without a text: the text asked for is read since"
_PUT_HOTLINE = "PUT /hotlines/{hotlineID} (the whole object)"


def verification(verb: Verb, command: Command | None = None, before: Row | None = None) -> Verification:
    """The row of the verification table; `command` only for announcements, whose evidence is their text, `before` for
    what was so already."""
    resources: tuple[Resource, ...] = (Resource.HOTLINES,)
    match verb:
        case Verb.OPEN:
            request, impostor = f"{_PUT_HOTLINE} isActive: true", OLD_STATE
            done = {
                tr("it is open"): _is(Wanted.OPEN, HotlineState.OPEN),
                tr("it was asked to open, and is starting"): _is(Wanted.OPEN, HotlineState.STARTING),
            }
            denied = {
                tr("the vendor reports an error"): _is(Wanted.OPEN, HotlineState.ERROR),
                tr("it still is asked to be paused"): _is(Wanted.PAUSED),
            }
        case Verb.CLOSE:
            request, impostor = f"{_PUT_HOTLINE} isActive: false", OLD_STATE
            done = {tr("it is paused"): _is(Wanted.PAUSED, HotlineState.PAUSED)}
            denied = {
                tr("the vendor reports an error"): _is(Wanted.PAUSED, HotlineState.ERROR),
                tr("it still is asked to be open"): _is(Wanted.OPEN),
            }
        case Verb.ANNOUNCE:
            request, impostor = f"{_PUT_HOTLINE} ttsInbound, ttsOutbound", OLD_TEXT
            done = {tr("the new text"): lambda row: _says(row, command)}
            denied = {tr("the vendor returns another text"): lambda row: not _says(row, command)}
        case Verb.SIGNIN | Verb.SIGNOUT:
            on = verb is Verb.SIGNIN
            request = f"PUT /agents/{{id}} (the whole object) isActive: {'true' if on else 'false'}"
            impostor, resources = OLD_STATE, (Resource.PHONES, Resource.HOTLINES)
            still = tr("the telephone still is off duty") if on else tr("the telephone still is on duty")
            done = {tr("on duty") if on else tr("off duty"): _registered(on)}
            denied = {still: _registered(not on)}
        case _:
            return Verification(verb=verb, request="", cannot=tr("GroupAlarm has no such action"))
    said = {tr("reading it back: {what}", what=text): says for text, says in done.items()}
    return read_back(verb, request, read_at(resources[0]), said, denied, impostor, before=before, watch=resources)


def _is(wanted: Wanted, state: HotlineState | None = None) -> Says:
    return lambda row: isinstance(row, Hotline) and row.wanted is wanted and state in (None, row.state)


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


def _registered(on: bool) -> Says:
    return lambda row: isinstance(row, Phone) and row.registered is on
