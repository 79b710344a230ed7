"""The signals that end or stop a program, and the shell that it shares its terminal with. Standard library only."""

from __future__ import annotations

import os
import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    Handler = Callable[[int, FrameType | None], None]

STOPS = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
"""Ctrl-Z, and the terminal being read or set by a program in the background."""
_NO_END = {
    *("SIGKILL", "SIGSTOP"),  # of these no program hears
    *("SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGCONT", "SIGCHLD", "SIGCLD", "SIGURG", "SIGWINCH", "SIGINFO"),
    *("SIGPIPE", "SIGXFSZ"),  # errors of a write to Python
    *("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS"),  # a fault would only happen again
}


def ending() -> list[int]:
    """The signals that would end this program, but for those that whoever started it has it ignore (`nohup`)."""
    left = {int(getattr(signal, name)) for name in _NO_END if hasattr(signal, name)}
    return [number for number in signal.valid_signals() - left if signal.getsignal(number) is not signal.SIG_IGN]


def handle(numbers: list[int] | tuple[int, ...], handler: Handler) -> None:
    for number in numbers:
        signal.signal(number, handler)


def release(handler: Handler) -> None:
    """The system's own way with every signal that `handler` has."""
    for number in (*ending(), *STOPS):
        if signal.getsignal(number) is handler:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


def in_background(terminal: int) -> bool:
    """Whether the terminal is somebody else's now, as of a shell after `bg`."""
    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:  # no terminal of ours, so nobody shares it
        return False


def stop(number: int, *, group: bool = False) -> None:
    """Be stopped by this signal as if nobody handled it; with `group` also those who wait for this program, or a shell
    behind them would not notice. Returns when continued, and at once where no shell could do that."""
    handler = signal.signal(number, signal.SIG_DFL)
    os.kill(0 if group else os.getpid(), number)
    signal.signal(number, handler)
