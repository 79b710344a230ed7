"""What `wallboard check` tries of a GroupAlarm source: reads alone, nothing is changed."""

from __future__ import annotations

from wallboard.domain.errors import BadAnswer, CredentialsRefused, Late, NotPermitted, ReadError, Unreachable
from wallboard.vendors.base import CheckLine, SourceSettings
from wallboard.vendors.groupalarm.actions import VERBS
from wallboard.vendors.groupalarm.reading import Reader
from wallboard.vendors.http import HttpSource

CLOCK_TOLERANCE = 5.0


async def check_source(reader: Reader, http: HttpSource, settings: SourceSettings) -> list[CheckLine]:
    """Reach, sign-in, the lists this account may read, verbs, clock and budget. Never raises a ReadError."""
    try:
        count, took = await reader.first_page()
    except (Unreachable, Late) as error:
        return [CheckLine("reach", False, str(error))]
    except CredentialsRefused as error:
        return [CheckLine("reach", True, "answers"), CheckLine("sign-in", False, str(error))]
    except NotPermitted as error:
        return [CheckLine("reach", True, "answers"), CheckLine("sign-in", True, "accepted"),
                CheckLine("hotlines", False, str(error), right=True)]  # fmt: skip
    except BadAnswer as error:
        hint = f" (organization {settings.organization}?)" if "400" in str(error) else ""
        return [CheckLine("reach", True, "answers"), CheckLine("hotlines", False, f"{error}{hint}")]
    except ReadError as error:
        return [CheckLine("reach", True, "answers"), CheckLine("hotlines", False, str(error))]
    lines = [
        CheckLine("reach", True, f"answers in {took:.1f} s"),
        CheckLine("sign-in", True, "accepted"),
        CheckLine("hotlines", True, f"{count} found"),
        *await _lists(reader),
        *_verbs(settings),
    ]
    offset = http.clock_offset
    if offset is None:
        lines.append(CheckLine("clock", None, "the vendor tells no time"))
    else:
        lines.append(CheckLine("clock", abs(offset) <= CLOCK_TOLERANCE, f"{offset:+.1f} s"))
    budget = http.budget
    text = "the vendor names none" if budget is None else f"{budget.remaining}/{budget.limit} requests"
    lines.append(CheckLine("budget", None if budget is None else True, text))
    return lines


async def _lists(reader: Reader) -> list[CheckLine]:
    """The telephones of one user and the call log of one hotline."""
    try:
        wires, pages = await reader.hotlines()
    except ReadError as error:
        return [CheckLine("hotlines", False, str(error))]
    lines = [CheckLine("hotlines", True, f"{len(wires)} are shown; {pages.lost}")] if pages.lost else []
    user = next((user for wire in wires for user in wire.agents), None)
    if user is None:
        lines.append(CheckLine("phones", None, "no hotline names an agent"))
    else:
        try:
            phones, _, _ = await reader.phones(user)
            lines.append(CheckLine("phones", True, f"user {user} has {len(phones)}"))
        except NotPermitted as error:
            lines.append(CheckLine("phones", None, f"user {user}: {error}"))
        except ReadError as error:
            lines.append(CheckLine("phones", False, str(error)))
    if wires:
        try:
            logs, _ = await reader.logs(wires[0].id, 1)
            lines.append(CheckLine("call log", True, f"{len(logs)} entries of {wires[0].id}"))
        except ReadError as error:
            lines.append(CheckLine("call log", False, str(error), right=isinstance(error, NotPermitted)))
    return lines


def _verbs(settings: SourceSettings) -> list[CheckLine]:
    if settings.read_only:
        return [CheckLine(verb.value, False, "this source is read-only") for verb in VERBS]
    return [CheckLine(verb.value, None, "shows only when used") for verb in VERBS]
