"""Who counts the requests that a reading takes: whoever has something read says so, the client that sends each tells.

A reading may be many requests, sent by tasks of its own in a client that knows no lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_COUNTING: ContextVar[Callable[[], None] | None] = ContextVar("counting", default=None)


@contextmanager
def counting(count: Callable[[], None]) -> Iterator[None]:
    """`count` is called for each request that is sent within, by this task and those that it starts."""
    token = _COUNTING.set(count)
    try:
        yield
    finally:
        _COUNTING.reset(token)


def asked() -> None:
    """A request goes out now."""
    count = _COUNTING.get()
    if count is not None:
        count()
