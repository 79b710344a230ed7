"""Several things at once, of which the first that fails ends all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def bare_failures(foreseen: type[Exception] | tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Around a task group: what fails in it comes out bare, not as a group of one, and a fault that nobody foresaw
    before one of `foreseen` that it caused. (Raising out of ``except*`` gives the group again on Python 3.11.2.)"""
    try:
        yield
    except ExceptionGroup as group:
        failures = list(_leaves(group))
        raise next((error for error in failures if not isinstance(error, foreseen)), failures[0]) from None


def _leaves(group: BaseExceptionGroup[Exception]) -> Iterator[Exception]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
