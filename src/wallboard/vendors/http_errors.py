"""What a status other than 2xx means: for a read, and for an action."""

from __future__ import annotations

from collections.abc import Mapping

from wallboard.domain.errors import (
    ActionError,
    Ambiguous,
    BadAnswer,
    Missing,
    NotPermitted,
    ReadError,
    Rejected,
    ServerTrouble,
    TargetGone,
    Throttled,
    Unreachable,
)
from wallboard.vendors.http_address import redirect_sentence
from wallboard.vendors.http_limits import retry_after, until_reset


def worded(sentence: str, words: str) -> str:
    """`sentence`, and what the vendor said of it."""
    return f"{sentence}: {words}" if words else sentence


def read_error(status: int, headers: Mapping[str, str], words: str, base: str) -> ReadError:
    """`words` is the vendor's own message, cleaned, or ""."""
    if 300 <= status < 400:
        return BadAnswer(redirect_sentence(headers.get("location", ""), base))
    if status == 403:
        return NotPermitted(worded("not permitted for this account", words))
    if status in (404, 410):
        return Missing(worded("the vendor does not know this", words))
    if status == 407:
        return Unreachable("a proxy on the way wants a login")
    if status == 429:
        if "concurrent" in words.lower():
            return Throttled(f"one at a time: {words}", retry_after(headers) or 30.0, "endpoint")
        wait = retry_after(headers) or until_reset(headers)
        return Throttled(f"the vendor's request limit is reached{_again(wait)}", wait)
    if status == 503 and (wait := retry_after(headers)) is not None:
        return Throttled(f"vendor answered 503{_again(wait)}", wait, "endpoint")
    if 500 <= status < 600:
        return ServerTrouble(worded(f"vendor answered {status}", words))
    if 400 <= status < 500:
        return BadAnswer(worded(f"vendor answered {status}", words))
    return BadAnswer(f"odd answer: status {status}")


def action_error(status: int, headers: Mapping[str, str], words: str, base: str) -> ActionError:
    """4xx and redirects prove that nothing was done; everything else leaves it open."""
    name = str(status)
    if status == 401:
        return Rejected(worded("the vendor refuses the credentials", words), status=name)
    if status == 403:
        return Rejected(worded("not permitted for this account", words), status=name)
    if status in (409, 412):
        return TargetGone(worded("changed meanwhile", words), status=name)
    if status in (404, 410):
        return TargetGone(worded("already over", words), status=name)
    if status == 429:
        wait = retry_after(headers) or until_reset(headers)
        hourly = "hourly" if "x-ratelimit-limit" in headers else "request"
        return Rejected(f"{hourly} limit reached{_again(wait)}", status=name)
    if 300 <= status < 400:
        return Rejected(redirect_sentence(headers.get("location", ""), base), status=name)
    if 400 <= status < 500:
        return Rejected(worded(f"vendor answered {status}", words), status=name)
    return Ambiguous(worded(f"vendor answered {status}", words), status=name)


def _again(wait: float | None) -> str:
    if wait is None:
        return ""
    return f", again in {wait:.0f} s" if wait < 120 else f", again in {wait / 60:.0f} min"
