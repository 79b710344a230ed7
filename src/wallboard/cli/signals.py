"""A command that a signal ends: what runs is cancelled and says its last words, and the process ends soon whatever
hangs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

LAST_WORDS = 1.5
"""Seconds that a process which was told to end still has."""


async def until_signal(
    work: Callable[[], Awaitable[int]], *, twice: bool = False, last_words: float = LAST_WORDS
) -> int:
    """The exit code of `work`, or 128 + the number of the signal that ended it. One that whoever started this process
    has it ignore (`nohup`) is left alone. `twice`: SIGTERM or SIGINT after another signal ends the process at once."""
    import signal

    import anyio

    wanted = [
        number
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
        if signal.getsignal(number) is not signal.SIG_IGN
    ]
    codes: list[int] = []
    with anyio.open_signal_receiver(*wanted) as signals:
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                async for number in signals:
                    codes.append(128 + number)
                    end_within(last_words, codes[0])
                    if twice:
                        for each in (signal.SIGTERM, signal.SIGINT):
                            signal.signal(each, signal.SIG_DFL)
                    group.cancel_scope.cancel()

            group.start_soon(watch)
            code = await work()
            codes.append(code)
            group.cancel_scope.cancel()
    return codes[0]


def end_within(seconds: float, code: int) -> None:
    """The process ends with `code` in so many seconds, unless it has ended by then: a disk or a terminal that hangs
    under one of its threads would keep it for ever."""
    import os
    import sys
    import threading
    import time
    from contextlib import suppress

    def end() -> None:
        time.sleep(seconds)
        with suppress(Exception):
            sys.stdout.flush()
        os._exit(code)

    threading.Thread(target=end, name="last words", daemon=True).start()
