"""A disruption across vendors for text pictures: notices and rosters of one source, receptionists of another."""

from __future__ import annotations

from tests.support.console import HQ, NOW, Desk
from wallboard.domain.forms import Form, FormField, Option, Takes
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Entry, Membership, Notice, Phone, Queue, Receptionist
from wallboard.domain.states import Channel
from wallboard.domain.text import Clean, clean
from wallboard.domain.update import SourceInfo
from wallboard.vendors.base import Report, Sheet

CC, FRONT = "cc", "front"
HOUR = 3600.0
NO_COUNTS = clean("this vendor tells no live counts")
NO_STATE = clean("this vendor tells no agent states")


def notice(ident: str, title: str, where: str, start: float, end: float | None, why: str, remarks: str = "") -> Notice:
    return Notice(
        Key(CC, Kind.NOTICE, ident), clean("Network"), clean(title), NOW + start * HOUR,
        None if end is None else NOW + end * HOUR, clean(why), clean(where), clean("until further notice"),
        clean(remarks),
    )  # fmt: skip


NOTICES = (
    notice("n3", "Power cut", "Ulm", -30, -4, "storm"),
    notice("n2", "Night works", "Köln", 20, 26, "maintenance", "tunnel closed"),
    notice("n1", "Fibre cut", "Berlin", -1, 3, "digger", "repair crew is on its way"),
    notice("n4", "SMS delayed", "", -2, None, "supplier"),
)
WAYS = (
    Entry(clean("timeout"), clean("8001 Sales"), False),
    Entry(clean("1"), clean("8001 Sales"), True),
    Entry(clean("2"), clean("voicemail 101"), False),
    Entry(clean("failure"), clean("hang up"), None),
)
RECEPTIONISTS = (
    Receptionist(
        Key(FRONT, Kind.RECEPTIONIST, "r1"), clean("Main menu"), clean("8100"), clean("en-US"), True, WAYS,
        NOW + 5 * HOUR, details=((clean("time zone"), clean("Europe/Berlin")),),
    ),
    Receptionist(
        Key(FRONT, Kind.RECEPTIONIST, "r2"), clean("Night menu"), clean("8101"), clean("de-DE"), False,
        (Entry(clean("1"), clean("8100"), False),), NOW + 40 * HOUR,
    ),
    Receptionist(Key(FRONT, Kind.RECEPTIONIST, "r3"), clean("Fax"), clean("8109")),
)  # fmt: skip


def roster(ident: str, name: str) -> Agent:
    places = (Membership("q1", clean("Service desk")),)
    return Agent(Key(CC, Kind.AGENT, ident), clean(name), memberships=places, no_state=NO_STATE)


def bare(ident: str, name: str, channel: Channel, *addresses: str) -> Queue:
    known = tuple(clean(address) for address in addresses)
    return Queue(
        Key(CC, Kind.QUEUE, ident), clean(name), known[0] if known else clean(""), channel, addresses=known,
        no_counts=NO_COUNTS,
    )  # fmt: skip


ROOM = Phone(
    Key(HQ, Kind.PHONE, "k1"), clean("Bridge"), clean("900"), True, "conference",
    details=((clean("members"), clean("2001 muted, 204 talking")), (clean("locked"), clean("no"))),
)  # fmt: skip
FORM = Form(
    "notice",
    clean("Notice"),
    (
        FormField("set", "Set", Takes.CHOICE, "1", (Option("1", clean("Network")), Option("2", clean("Power"))), True),
        FormField("where", "Where", Takes.SEVERAL, "b", tuple(Option(name[0].lower(), clean(name)) for name in (
            "Berlin", "Aachen", "Köln", "Ulm", "Hof", "Rostock", "Passau"))),
        FormField("from", "From", Takes.MOMENT, "2026-02-02 01:40", required=True),
        FormField("until", "Until", Takes.MOMENT, hint="empty: until somebody ends it"),
        FormField("remarks", "Remarks", Takes.LINE, most=160),
    ),
    clean("everyone who works with this set sees the notice"),
    zone="Europe/Berlin",
)  # fmt: skip


def _words(*texts: str) -> tuple[Clean, ...]:
    return tuple(clean(text) for text in texts)


RECORDINGS = Sheet(
    _words("time", "length", "flow", "result", "ended"),
    (
        *(
            _words(f"02 Feb 0{hour}:12:00", f"{hour}:05", "in" if hour % 2 else "out", "answered", "caller hung up")
            for hour in range(1, 10)
        ),
        _words("01 Feb 23:59:00", "12:40", "in", "not answered", "timeout"),
    ),
    clean("older ones are not kept"),
)  # fmt: skip


async def _recordings() -> Sheet:
    return RECORDINGS


def incident(here: Desk) -> Desk:
    """The sample evening with a disruption, a roster, receptionists and a conference room."""
    here.board.source(SourceInfo(CC, "sinch"))
    here.board.source(SourceInfo(FRONT, "portsip"))
    here.read(
        {
            (CC, Resource.QUEUES): (
                bare("q1", "Service desk", Channel.PHONE, "+49 241 4711", "+49 241 4712"),
                bare("q2", "Orders", Channel.EMAIL, "orders@example.net"),
                bare("q3", "Web chat", Channel.CHAT),
            ),
            (CC, Resource.AGENTS): (roster("u1", "Lena Ott"), roster("u2", "Max Weil")),
            (CC, Resource.NOTICES): NOTICES,
            (FRONT, Resource.RECEPTIONISTS): RECEPTIONISTS,
            (HQ, Resource.PHONES): (ROOM,),
        }
    )
    here.adapters[HQ].known_reports = {Kind.AGENT: (Report("recordings", "recordings", _recordings),)}
    here.clock.advance(1)
    here.console.tick()
    return here
