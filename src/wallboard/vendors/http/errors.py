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
from wallboard.domain.language import mark, tr
from wallboard.vendors.http.address import redirect_sentence
from wallboard.vendors.http.limits import retry_after, until_reset

UNDONE: Mapping[int, str] = {
    400: "",
    401: mark("the vendor refuses the credentials"),
    403: mark("not permitted for this account"),
    405: "",
    407: mark("a proxy on the way wants a login"),
    411: "",
    413: "",
    414: "",
    415: "",
    421: "",
    422: "",
    425: "",
    428: "",
    429: "",
    431: "",
}
"""The statuses of an action that say the request was turned away before anything was done with it (RFC 9110 §15, RFC
6585, RFC 8470), and the sentence for it ("": the status itself). 407 is a proxy's that passed nothing on.

Every other status leaves it open, for it may come after the vendor has acted: a redirect to a page that shows the
result (302, 303), a server that ran the action and then could not write the answer in the form that was asked for
(406), one that lost patience while it worked (408) or a proxy that did or whose client did (499, 502, 504, 52x, 460),
a lock that may be that of the same request sent on twice by a proxy (423), and whatever is not in any document.
"""
OVER: Mapping[int, str] = {
    **dict.fromkeys((404, 410), mark("already over")),
    **dict.fromkeys((409, 412), mark("changed meanwhile")),
}
"""What it was to act on is not there, or not as it was. By whom is not said: a proxy may repeat a PUT or a DELETE to a
second server, and the first has done it. So this ends as *not confirmed*, never as "nothing happened"."""


def worded(sentence: str, words: str) -> str:
    """`sentence`, and what the vendor said of it."""
    return tr("{what}: {why}", what=sentence, why=words) if words else sentence


def read_error(status: int, headers: Mapping[str, str], words: str, base: str) -> ReadError:
    """`words` is the vendor's own message, cleaned, or ""."""
    if 300 <= status < 400:
        return BadAnswer(redirect_sentence(headers.get("location", ""), base))
    if status == 403:
        return NotPermitted(worded(tr("not permitted for this account"), words))
    if status in (404, 410):
        return Missing(worded(tr("the vendor does not know this"), words))
    if status == 407:
        return Unreachable(tr("a proxy on the way wants a login"))
    if status == 429:
        if "concurrent" in words.lower():
            return Throttled(tr("one at a time: {why}", why=words), retry_after(headers) or 30.0, "alone")
        wait = retry_after(headers) or until_reset(headers)
        return Throttled(_again(tr("the vendor's request limit is reached"), wait), wait)
    if status == 503 and (wait := retry_after(headers)) is not None:
        return Throttled(_again(_answered(status), wait), wait, "endpoint")
    if 500 <= status < 600:
        return ServerTrouble(worded(_answered(status), words))
    if 400 <= status < 500:
        return BadAnswer(worded(_answered(status), words))
    return BadAnswer(tr("odd answer: status {status}", status=status))


def action_error(status: int, headers: Mapping[str, str], words: str, base: str) -> ActionError:
    """What an action's answer other than 2xx proves: by `UNDONE` and `OVER` that nothing was done, else nothing."""
    name = str(status)
    if status == 429:
        wait = retry_after(headers) or until_reset(headers)
        hourly = "x-ratelimit-limit" in headers
        reached = tr("hourly limit reached") if hourly else tr("request limit reached")
        return Rejected(_again(reached, wait), status=name)
    if status in OVER:
        return TargetGone(worded(tr(OVER[status]), words), status=name)
    if status in UNDONE:
        return Rejected(worded(tr(UNDONE[status]) if UNDONE[status] else _answered(status), words), status=name)
    if 300 <= status < 400:
        return Ambiguous(redirect_sentence(headers.get("location", ""), base), status=name)
    return Ambiguous(worded(_answered(status), words), status=name)


def _answered(status: int) -> str:
    return tr("vendor answered {status}", status=status)


def _again(why: str, wait: float | None) -> str:
    if wait is None:
        return why
    if wait < 120:
        return tr("{why}, again in {seconds:.0f} s", why=why, seconds=wait)
    return tr("{why}, again in {minutes:.0f} min", why=why, minutes=wait / 60)
