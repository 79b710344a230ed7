"""``wallboard check`` for an Asterisk: reach, sign-in, rights per verb, clock. Its own short connection."""

from __future__ import annotations

from wallboard.domain.clock import Clock
from wallboard.domain.text import clean
from wallboard.vendors.asterisk import actions
from wallboard.vendors.asterisk.ami import Ami, open_ami
from wallboard.vendors.asterisk.protocol import AmiBadCredentials, AmiError, AmiRefused, AmiUnreachable, Message
from wallboard.vendors.asterisk.state import Switchboard
from wallboard.vendors.asterisk.streams import StreamFactory
from wallboard.vendors.base import AmiAuth, CheckLine, SourceSettings

#: Clocks that differ by more make waits and talk times of two sources incomparable.
CLOCK_TOLERANCE = 2.0


async def check_source(
    settings: SourceSettings, factory: StreamFactory, auth: AmiAuth, clock: Clock
) -> tuple[CheckLine, ...]:
    """Try it now; every failure becomes a line."""
    try:
        async with open_ami(
            factory, auth.username, auth.secret.reveal(), on_event=_ignore, read_only=True, now=clock.now
        ) as ami:
            return (
                CheckLine("reach", True, clean(ami.banner)),
                CheckLine("sign-in", True, f"as {clean(auth.username)}"),
                *await _lists(ami),
                *_rights(settings, ami),
                await _dialplan(settings, ami),
                _clock(ami, clock),
                CheckLine("budget", None, "a push source has none"),
            )
    except AmiBadCredentials as error:
        return CheckLine("reach", True, "answers"), CheckLine("sign-in", False, clean(str(error)))
    except AmiUnreachable as error:
        return (CheckLine("reach", False, clean(str(error))),)
    except AmiError as error:
        return (CheckLine("reach", False, clean(str(error))),)


def _ignore(event: Message) -> None:
    """Events are off on this connection; a stray one says nothing about the source."""


async def _lists(ami: Ami) -> list[CheckLine]:
    lines = []
    for name, panes in (
        ("QueueStatus", "queues, members, agents"),
        ("CoreShowChannels", "calls"),
        ("ParkedCalls", "parked"),
    ):
        try:
            items = await ami.collect(name)
        except AmiError as error:
            refused = isinstance(error, AmiRefused)
            lines.append(CheckLine(panes, False, f"{name}: {clean(str(error))}", right=refused))
        else:
            lines.append(CheckLine(panes, True, f"{name}: {len(items)} items"))
    return lines


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


def _clock(ami: Ami, clock: Clock) -> CheckLine:
    if ami.clock_offset is None:
        return CheckLine("clock", None, "the server tells no time")
    off = ami.clock_offset
    return CheckLine("clock", abs(off) <= CLOCK_TOLERANCE, f"{off:+.1f} s")
