"""``wallboard check`` for an Asterisk: reach, sign-in, lists, events, rights per verb, clock. Its own connection."""

from __future__ import annotations

from contextlib import suppress

from wallboard.domain.clock import Clock
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
                CheckLine("reach", True, clean(ami.banner)),
                CheckLine("sign-in", True, f"as {clean(auth.username)}"),
                *lines,
                await _events(ami, tuple(lists), audit, clock),
                *_rights(settings, ami),
                await _dialplan(settings, ami),
                checked_clock(ami.clock_offset),
                CheckLine("budget", None, "a push source has none"),
            )
    except AmiBadCredentials as error:
        return CheckLine("reach", True, "answers"), CheckLine("sign-in", False, sign_in_refused(error))
    except AmiNotNow as error:
        # The credentials may be right: no "sign-in" that fails, which would say that they are not.
        return CheckLine("reach", True, "answers"), CheckLine("session", False, sign_in_refused(error))
    except AmiError as error:
        return (CheckLine("reach", False, clean(str(error))),)


def sign_in_refused(error: AmiBadCredentials | AmiNotNow) -> str:
    """The server's words, and what they mean."""
    said = clean(str(error), 120)
    if isinstance(error, AmiNotNow):
        return f"sign-in refused for now: {said}"
    return f"sign-in refused ({said}): wrong secret, or not allowed from this address"


async def _lists(ami: Ami, *, booted: bool) -> tuple[dict[str, tuple[Message, ...]], list[CheckLine]]:
    lists: dict[str, tuple[Message, ...]] = {}
    lines = []
    for name, panes in ((QUEUES, "queues, members, agents"), (CHANNELS, "calls"), (PARKED, "parked")):
        try:
            lists[name] = await ami.collect(name)
        except AmiRefused as error:
            starting = "" if booted or not error.unknown else "; it may still be starting"
            right = error.no_right or name != QUEUES
            lines.append(CheckLine(panes, False, refusal(name, error) + starting, right=right))
        except AmiError as error:
            lines.append(CheckLine(panes, False, clean(str(error))))
        else:
            lines.append(CheckLine(panes, True, f"{name}: {len(lists[name])} items"))
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
        text = f"filtered or lost: no {', '.join(audit.missing)} for what changed; the lists are read more often"
        return CheckLine("events", False, text, right=True)
    if audit.deaf:
        return CheckLine("events", None, f"none in {WATCH + GRACE:g} s, and nothing changed")
    return CheckLine("events", True, f"told what changed in {WATCH + GRACE:g} s: {', '.join(audit.heard)}")


def _rights(settings: SourceSettings, ami: Ami) -> list[CheckLine]:
    account = actions.Account(
        ami.commands, settings.phone, settings.transfer_context, settings.park_lot, settings.read_only
    )
    board = Switchboard()
    lines = []
    for verb in actions.NEEDS:
        may = actions.can(verb, None, account, board)
        granted = f"this account may use {', '.join(actions.NEEDS[verb])}"
        lines.append(CheckLine(verb.value, may.ok, may.reason or granted))
    return lines


async def _dialplan(settings: SourceSettings, ami: Ami) -> CheckLine:
    context = settings.transfer_context
    if not context:
        return CheckLine("transfer_context", None, "not set: no transfer, no call")
    if not ami.allows("ShowDialPlan"):
        return CheckLine("transfer_context", None, "this account may not look numbers up (ShowDialPlan)")
    try:
        items = await ami.collect("ShowDialPlan", ("Context", context))
    except AmiError as error:
        return CheckLine("transfer_context", False, clean(str(error)))
    return CheckLine("transfer_context", True, f"{clean(context)}: {len(items)} lines of dialplan")
