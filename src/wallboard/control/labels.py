"""Rows as people name them: for the target line, the journal and the endings."""

from __future__ import annotations

from wallboard.domain import parties as parties_of
from wallboard.domain.language import tr
from wallboard.domain.models import Agent, Call, Hotline, Member, Notice, ParkedCall, Phone, Queue, Receptionist, Row
from wallboard.domain.notation import PAIR
from wallboard.domain.verbs import Verb


def label(row: Row) -> str:
    """`Eve Lund`, or a call's two parties as `Bo Quist ↔ Mia Sand`; never empty."""
    match row:
        case Call():
            ours, theirs = parties(row)
            return f"{ours}{PAIR}{theirs}" if ours and theirs else ours or theirs or tr("call {id}", id=row.key.id)
        case Member():
            return row.name or row.number or tr("a caller without number")
        case ParkedCall():
            return row.caller or row.number or tr("slot {slot}", slot=row.slot)
        case Notice():
            return row.title or row.key.id
        case Queue() | Agent() | Hotline() | Receptionist() | Phone():
            return row.name or row.key.id


def parties(call: Call) -> tuple[str, str]:
    """The agent's side and the other side of a call, as names where there are any."""
    caller = call.from_name or call.from_number
    called = call.to_name or call.to
    if call.agent and call.agent in (call.from_name, call.from_number):
        return call.agent, called
    return call.agent or called, caller


def who_hears(mode: Verb, row: Row | None) -> str:
    """Who hears the operator in a listen, whisper or barge on the row, as a clause."""
    agent = row.agent if isinstance(row, Call) else row.serving if isinstance(row, Member) else ""
    match mode:
        case Verb.WHISPER:
            return tr("{agent} hears you", agent=agent or tr("the agent"))
        case Verb.BARGE:
            return tr("both hear you")
    return tr("nobody hears you")


def number_of(row: Row) -> str:
    """The number that calling this row's party dials, or "" when it has none."""
    number = parties_of.number_of(row)
    return _shown(number) if isinstance(row, Call | Member | ParkedCall) else number


def _shown(number: str) -> str:
    """A caller's number; "" where it is withheld, for which vendors have a word or a row of zeros."""
    return number if any(char in "123456789*#" for char in number) else ""
