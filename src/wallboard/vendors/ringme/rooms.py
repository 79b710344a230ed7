"""Conference rooms and speech to text: forms to fill in, and the one request that each makes (seed 003).

Neither has a documented answer (vendors.md §3.4), so what they did is never shown by this vendor.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from wallboard.domain.command import Command
from wallboard.domain.errors import NotSent
from wallboard.domain.forms import Form, FormField, Option, Takes
from wallboard.domain.language import mark, tr, trc
from wallboard.domain.models import Phone
from wallboard.domain.redaction import hide
from wallboard.domain.text import clean
from wallboard.vendors.http.address import is_loopback
from wallboard.vendors.http.client import route
from wallboard.vendors.kit.acts import Request
from wallboard.vendors.kit.wire import count
from wallboard.vendors.ringme.directory import CONFERENCE

ROOM_HIDDEN = mark("the vendor does not document how a room tells its state")
SPEECH_HIDDEN = mark("the recognised text goes to the address given and is in no list of this vendor")

_THINGS: tuple[tuple[str, str, str, bool], ...] = (
    ("mute", mark("Mute"), mark("muted: cannot be heard"), True),
    ("deaf", mark("Deafen"), mark("deaf: cannot hear"), True),
    ("lock", mark("Lock the room"), mark("locked: nobody else can come in"), False),
    ("enter_sound", mark("Sound on entering"), mark("a sound for everybody who comes in"), False),
    ("stop_play", mark("Stop what is played"), "", True),
)
"""Field of the request, title, hint, and whether it can be about one member."""


def is_room(phone: Phone) -> bool:
    return phone.use == CONFERENCE


def room_forms() -> tuple[Form, ...]:
    """One form for each thing that can be done to a running room."""
    found = []
    on_off = (Option("on", clean(trc("switch", "on"))), Option("off", clean(trc("switch", "off"))))
    for name, title, hint, single in _THINGS:
        options = on_off if hint else (Option("on", clean(tr("stop now"))),)
        fields = [FormField("switch", tr("What"), Takes.CHOICE, "on", options, required=True)]
        if single:
            fields.append(FormField("member", tr("Member id"), Takes.NUMBER, most=12, hint=tr("empty: the whole room")))
        found.append(Form(name, clean(tr(title)), tuple(fields), clean(hint and tr(hint))))
    return tuple(found)


def room_request(command: Command, extension_id: str) -> Request:
    """Exactly the one field that the form is about. NotSent for a form that there is not."""
    name, switch, member = command.arg("form"), command.arg("switch"), command.arg("member").strip()
    known = {thing: single for thing, _, _, single in _THINGS}
    if name not in known:
        raise NotSent(tr("nothing sent: a conference room has no such setting"))
    if switch not in ("on", "off") or (name == "stop_play" and switch == "off"):
        raise NotSent(tr("nothing sent: on or off was not said"))
    body: dict[str, bool | int] = {name: switch == "on"}
    if member:
        number = count(member, 2**31) if member.isascii() and member.isdigit() else None
        if number is None or not known[name]:
            raise NotSent(
                tr("nothing sent: a member of a room is a number, and only some settings are about one member")
            )
        body["member_id"] = number
    where = route("/extension/{extension_id}/conference/status/", extension_id=extension_id)
    of = f" member {member}" if member else ""
    return Request("PUT", where, body, f"PUT …/{extension_id}/conference/status/ {name} {switch}{of}")


def speech_forms(url: str) -> tuple[Form, ...]:
    """Start and stop; `url` is what stands there at first."""
    sides = (Option("in", clean(trc("direction", "in"))), Option("out", clean(trc("direction", "out"))))
    hint = tr("as the vendor counts it")
    side = FormField("direction", tr("Direction"), Takes.CHOICE, "in", sides, required=True, hint=hint)
    hint = tr("an https:// address that listens")
    where = FormField("url", tr("Send text to"), Takes.LINE, url, required=True, hint=hint, private=True)
    return (
        Form(
            "start",
            clean(tr("Start speech to text")),
            (side, where),
            clean(tr("the vendor posts what it hears to the address; this console does not receive it")),
        ),
        Form("stop", clean(tr("Stop speech to text")), (side,)),
    )


def speech_request(command: Command, extension_id: str, call_api_id: str, *, insecure: bool) -> Request:
    """NotSent for an action, side or address that cannot be meant; what callers say goes over plain transport only
    where `insecure` allows that."""
    action, direction, url = command.arg("form"), command.arg("direction"), command.arg("url").strip()
    if action not in ("start", "stop") or direction not in ("in", "out"):
        raise NotSent(tr("nothing sent: start or stop, and in or out, must be said"))
    body = {"action": action, "direction": direction}
    if action == "start":
        if not _web_address(url, insecure=insecure):
            raise NotSent(tr("nothing sent: where the text is to go must be an https:// address"))
        # It may hold a key of its own: shown by nobody who quotes the request.
        hide(urlsplit(url).query, passing=True)
        body["url"] = url
    where = route(
        "/extension/{extension_id}/speech_to_text/{call_api_id}", extension_id=extension_id, call_api_id=call_api_id
    )
    return Request("PUT", where, body, f"PUT …/speech_to_text/{call_api_id} {action} {direction}")


def _web_address(url: str, *, insecure: bool) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and (insecure or is_loopback(host)))
    return safe and host != "" and url.isprintable() and " " not in url
