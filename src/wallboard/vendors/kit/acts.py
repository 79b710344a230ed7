"""Acting on one source: may it be done, what is read before, the one request, and what was answered."""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Mapping
from typing import Any, TypeVar

from wallboard.domain.command import Command, Verb
from wallboard.domain.errors import Missing, NotSent, ReadError, TargetGone
from wallboard.domain.language import tr
from wallboard.domain.models import in_address
from wallboard.domain.records import dataclass
from wallboard.domain.text import clean
from wallboard.vendors.base import Can, Receipt, SourceSettings
from wallboard.vendors.http.client import Answer, HttpSource, Params, Route

T = TypeVar("T")
_WORDS = 240


@dataclass(frozen=True, slots=True)
class Request:
    """One acting request, and `words` that name it in the journal: "PUT …/agent/136 available"."""

    method: str
    where: Route
    json: Mapping[str, Any] | None
    words: str
    params: Params | None = None


def request(method: str, where: Route, json: Mapping[str, Any] | None = None, what: str = "") -> Request:
    """Named by its whole address, and `what` it asks for."""
    return Request(method, where, json, f"{method} …{where.path} {what}".strip())


def refusal(settings: SourceSettings, http: HttpSource, verb: Verb, on_my_phone: Collection[Verb] = ()) -> Can | None:
    """Why the account allows no action, or not this one; None: nothing speaks against it."""
    if settings.read_only:
        return Can(False, tr("this source is read-only"))
    if http.refused:
        return Can(False, tr("the vendor refuses the credentials"))
    if verb in on_my_phone and not settings.phone:
        return Can(False, tr("no phone of mine is configured for this source"))
    return None


def require(able: Can) -> None:
    """NotSent with the reason where it cannot be done."""
    if not able:
        raise NotSent(tr("nothing sent: {why}", why=able.reason))


def named(command: Command, name: str, missing: str) -> str:
    """What the target's address says under `name`; NotSent with `missing` where it says nothing."""
    value = in_address(command.target.address, name)
    if not value:
        raise NotSent(tr("nothing sent: {why}", why=missing))
    return value


async def fresh(reading: Awaitable[T]) -> T:
    """What a write is made of, read right before it. TargetGone if it is no more, NotSent if it cannot be read."""
    try:
        return await reading
    except Missing as error:
        raise TargetGone(tr("nothing sent: {why}", why=str(error))) from None
    except ReadError as error:
        raise NotSent(tr("nothing sent: {why}", why=str(error))) from None


async def act(http: HttpSource, request: Request) -> Answer:
    """Send it, once. Raises ActionError."""
    return await http.act(request.method, request.where, json=request.json, params=request.params)


def receipt(request: Request, answer: Answer, *ids: str, detail: str = "") -> Receipt:
    """What the vendor answered, with every id in it that evidence may carry."""
    return Receipt(
        request=f"{clean(request.words, _WORDS)} → {answer.status}",
        status=str(answer.status),
        sent_at=answer.started_at,
        answered_at=answer.answered_at,
        ids=tuple(dict.fromkeys(filter(None, ids))),
        detail=clean(detail),
    )
