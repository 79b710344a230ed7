"""An adapter as control hears it: whatever it raises or answers, there is a value of the promised shape, or one of the
promised errors. So every action gets its ending, and a fault of one adapter stays a sentence about one row."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from typing import TypeVar

from anyio import get_cancelled_exc_class
from anyio.lowlevel import checkpoint_if_cancelled

from wallboard.domain.command import Command, Destination, Verb
from wallboard.domain.errors import ActionError, Ambiguous, BadAnswer, ReadError
from wallboard.domain.forms import Form
from wallboard.domain.keys import Resource
from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.domain.text import Clean, clean
from wallboard.vendors.base import Adapter, Can, Evidence, Lendable, Receipt, SourceSettings, Verification

T = TypeVar("T")

DEADLINE = 10.0
"""Seconds for evidence where an adapter says none that is a time."""

FAILED = (Exception, BaseExceptionGroup)
"""What an adapter can fail with. A cancellation is one only if nobody asked for it, which what awaits can tell: let
through, that one would end every task of the console."""

log = logging.getLogger(__name__)


def words(value: object) -> Clean:
    """Any value as clean text; "" for None and for what cannot even be printed."""
    try:
        return clean("" if value is None else str(value))
    except Exception:
        return clean("")


def failed(error: BaseException) -> str:
    """What is said of an adapter that broke its promise."""
    return tr("the adapter failed ({error})", error=type(error).__name__)


def only(error: BaseException) -> BaseException:
    """The one error in a group of one: an adapter may have met it in a task group of its own."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


class Guard:
    """The acting side of one adapter."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter

    @property
    def settings(self) -> SourceSettings:
        return self._adapter.settings

    @property
    def phone(self) -> str:
        """The operator's own telephone on this source, "" without one."""
        return self._asked(lambda: words(self._adapter.info().phone), clean(""))

    def can(self, verb: Verb, row: Row | None) -> Can:
        return self._answer(lambda: self._adapter.can(verb, row))

    def can_dial(self, destination: Destination) -> Can:
        return self._answer(lambda: self._adapter.can_dial(destination))

    def forms(self, verb: Verb, row: Row | None) -> Sequence[Form]:
        return self._asked(lambda: tuple(self._adapter.forms(verb, row)), ())

    def verification(self, command: Command, row: Row | None) -> Verification:
        """Raises BadAnswer: how the effect would be known is not known, so it may not be sent."""
        try:
            said = self._adapter.verification(command, row)
            return Verification(
                command.verb,
                words(said.request),
                _evidence(said.confirms),
                _evidence(said.denies),
                _seconds(said.deadline, DEADLINE),
                tuple(map(Resource, said.watch)),
                words(said.cannot),
                said.leg,
                words(said.unseen),
                said.told,
            )
        except FAILED as error:
            log.exception("%s: the adapter does not say how it would be known", command.verb.value)
            raise BadAnswer(failed(only(error))) from None

    async def prepare(self, command: Command) -> None:
        """Raises ReadError: what the action rests on cannot be had."""
        if not isinstance(self._adapter, Lendable):
            return
        try:
            await self._adapter.prepare(command)
        except (*FAILED, get_cancelled_exc_class()) as error:
            await checkpoint_if_cancelled()
            cause = only(error)
            if isinstance(cause, ReadError):
                raise cause from None
            log.exception("%s: the adapter failed to make ready", command.verb.value)
            raise BadAnswer(failed(cause)) from None

    async def refresh(self, row: Row) -> Row | None:
        """Raises ReadError."""
        try:
            found = await self._adapter.refresh(row)
        except (*FAILED, get_cancelled_exc_class()) as error:
            await checkpoint_if_cancelled()
            cause = only(error)
            if isinstance(cause, ReadError):
                raise cause from None
            log.exception("the adapter failed to read %s again", row.key)
            raise BadAnswer(failed(cause)) from None
        if found is not None and type(found) is not type(row):
            raise BadAnswer(tr("the adapter read something else"))
        return found

    async def perform(self, command: Command, row: Row | None, now: Callable[[], float]) -> Receipt:
        """Raises ActionError."""
        began = now()
        try:
            receipt = await self._adapter.perform(command, row)
            return Receipt(
                words(receipt.request),
                words(receipt.status),
                _seconds(receipt.sent_at, began),
                _seconds(receipt.answered_at, now()),
                _ids(receipt.ids),
                words(receipt.detail),
            )
        except (*FAILED, get_cancelled_exc_class()) as error:
            await checkpoint_if_cancelled()
            cause = only(error)
            if isinstance(cause, ActionError):
                raise cause from None
            # Adapters raise only ActionErrors. Anything else may have struck after the request left: not clear.
            log.exception("%s: the adapter failed", command.verb.value)
            raise Ambiguous(failed(cause)) from None

    def _answer(self, ask: Callable[[], Can]) -> Can:
        said = self._asked(ask, None)
        if not isinstance(said, Can):
            return Can(False, tr("the adapter failed"))
        return Can(bool(said.ok), words(said.reason), said.needs if said.needs == "queue" else "")

    def _asked(self, ask: Callable[[], T], otherwise: T) -> T:
        try:
            return ask()
        except FAILED:
            log.exception("the adapter of %s failed", self._adapter.settings.name)
            return otherwise


def _evidence(pieces: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(Evidence(words(piece.text), piece.test, piece.impostor) for piece in pieces or ())


def _ids(ids: Sequence[object] | None) -> tuple[str, ...]:
    """Evidence compares them as they are, so they are not cleaned, only made strings."""
    return (ids,) if isinstance(ids, str) else tuple(map(str, ids or ()))


def _seconds(value: object, otherwise: float) -> float:
    good = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if good and isinstance(value, int | float) else otherwise
