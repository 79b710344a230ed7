"""``wallboard check`` for an Asterisk: reach, sign-in, lists, events, rights per verb, clock. Its own connection."""

from __future__ import annotations

from contextlib import suppress

from wallboard.domain.clock import Clock
from wallboard.domain.language import mark, tr, trc
from wallboard.domain.text import clean
from wallboard.vendors.asterisk import actions
from wallboard.vendors.asterisk.ami import Ami, open_ami
from wallboard.vendors.asterisk.event_audit import CHANNELS, GRACE, PARKED, QUEUES, EventAudit
from wallboard.vendors.asterisk.lists import refusal
from wallboard.vendors.asterisk.protocol import (
    AmiBadCredentials,
    AmiError,
    AmiNotNow,
    AmiRefused,
    AmiUnanswered,
    Message,
)
from wallboard.vendors.asterisk.state import Switchboard
from wallboard.vendors.asterisk.streams import StreamFactory
from wallboard.vendors.base import AmiAuth, CheckLine, SourceSettings
from wallboard.vendors.kit.checks import clock as checked_clock

#: Seconds between the two readings that are compared with the events.
WATCH = 5.0


async def check_source(
    settings: SourceSettings, factory: StreamFactory, auth: AmiAuth, clock: Clock
) -> tuple[CheckLine, ...]:
    """Try it now; every failure becomes a line."""
    audit = EventAudit()
    said: set[str] = set()

    def on_event(event: Message) -> None:
        said.add(event.event)
        audit.hear(event, clock.now())

    try:
        async with open_ami(
            factory,
            auth.username,
            auth.secret.reveal(),
            on_event=on_event,
            read_only=True,
            within=settings.timeout or 10.0,
            now=clock.now,
        ) as ami:
            begun = clock.now()
            await ami.events("agent,call,system")
            lists, lines = await _lists(ami, booted="FullyBooted" in said)
            for name, items in lists.items():
                audit.compare(name, items, begun, clock.now())
            return (
                CheckLine(mark("reach"), True, clean(ami.banner)),
                CheckLine(mark("sign-in"), True, tr("as {name}", name=clean(auth.username))),
                *lines,
                await _events(ami, tuple(lists), audit, clock),
                *_rights(settings, ami),
                await _dialplan(settings, ami),
                checked_clock(ami.clock_offset),
                CheckLine(mark("budget"), None, tr("a push source has none")),
            )
    except (AmiBadCredentials, AmiNotNow) as error:
        # What passes says nothing of the credentials: no "sign-in" that fails.
        name = mark("sign-in") if isinstance(error, AmiBadCredentials) else mark("session")
        return CheckLine(mark("reach"), True, trc("vendor", "answers")), CheckLine(name, False, sign_in_refused(error))
    except AmiError as error:
        return (CheckLine(mark("reach"), False, clean(str(error))),)


def sign_in_refused(error: AmiBadCredentials | AmiNotNow) -> str:
    """The server's words, and what they mean."""
    said = clean(str(error), 120)
    if isinstance(error, AmiNotNow):
        return tr("sign-in refused for now: {why}", why=said)
    return tr("sign-in refused ({why}): wrong secret, or not allowed from this address", why=said)


async def _lists(ami: Ami, *, booted: bool) -> tuple[dict[str, tuple[Message, ...]], list[CheckLine]]:
    lists: dict[str, tuple[Message, ...]] = {}
    lines = []
    for name, panes in ((QUEUES, "queues, members, agents"), (CHANNELS, "calls"), (PARKED, "parked")):
        try:
            lists[name] = await ami.collect(name)
        except AmiRefused as error:
            why = refusal(name, error)
            if error.unknown and not booted:
                why = tr("{why}; it may still be starting", why=why)
            lines.append(CheckLine(panes, False, why, right=error.no_right or name != QUEUES))
        except AmiError as error:
            lines.append(CheckLine(panes, False, clean(str(error))))
        else:
            lines.append(CheckLine(panes, True, tr("{list}: {n} items", list=name, n=len(lists[name]))))
    return lists, lines


async def _events(ami: Ami, names: tuple[str, ...], audit: EventAudit, clock: Clock) -> CheckLine:
    """Whether the events tell what changes between two readings."""
    await clock.sleep(WATCH)
    begun = clock.now()
    for name in names:
        with suppress(AmiRefused, AmiUnanswered):
            audit.compare(name, await ami.collect(name), begun, clock.now())
    await clock.sleep(GRACE)
    audit.judge(clock.now())
    if audit.missing:
        text = tr(
            "filtered or lost: no {events} for what changed; the lists are read more often",
            events=", ".join(audit.missing),
        )
        return CheckLine(mark("events"), False, text, right=True)
    if audit.deaf:
        return CheckLine(mark("events"), None, tr("none in {seconds:g} s, and nothing changed", seconds=WATCH + GRACE))
    heard = ", ".join(audit.heard)
    text = tr("told what changed in {seconds:g} s: {events}", seconds=WATCH + GRACE, events=heard)
    return CheckLine(mark("events"), True, text)


def _rights(settings: SourceSettings, ami: Ami) -> list[CheckLine]:
    account = actions.Account(
        ami.commands, settings.phone, settings.transfer_context, settings.park_lot, settings.read_only
    )
    board = Switchboard()
    lines = []
    for verb in actions.NEEDS:
        may = actions.can(verb, None, account, board)
        granted = tr("this account may use {actions}", actions=", ".join(actions.NEEDS[verb]))
        lines.append(CheckLine(verb.value, may.ok, may.reason or granted))
    return lines


async def _dialplan(settings: SourceSettings, ami: Ami) -> CheckLine:
    context = settings.transfer_context
    if not context:
        return CheckLine("transfer_context", None, tr("not set: no transfer, no call"))
    if not ami.allows("ShowDialPlan"):
        return CheckLine("transfer_context", None, tr("this account may not look numbers up (ShowDialPlan)"))
    try:
        items = await ami.collect("ShowDialPlan", ("Context", context))
    except AmiError as error:
        return CheckLine("transfer_context", False, clean(str(error)))
    text = tr("{context}: {n} lines of dialplan", context=clean(context), n=len(items))
    return CheckLine("transfer_context", True, text)
