"""A console that nobody has touched for a while: the board goes on, and verbs wait until somebody says who sits there.

It keeps a passer-by's hand off the callers. It is no sign-in: the name that opens it stands beside the question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallboard.view.dialogs import Answer, TypeName

if TYPE_CHECKING:
    from wallboard.ui.console import Console

UNLOCK = "app.unlock"
ANYBODY = "unlock"
"""What is typed where the config names nobody."""


class IdleLock:
    """`minutes` without a key lock the verbs; None: nothing ever does. Instants are the console's, in seconds."""

    def __init__(self, console: Console, minutes: float | None) -> None:
        self._console = console
        self._minutes = minutes or 0.0
        self._touched = console.clock.now()

    @property
    def reason(self) -> str:
        """Why no verb goes now, "" where they do."""
        return self._console.dispatcher.locked

    def touch(self) -> None:
        """A key was pressed."""
        self._touched = self._console.clock.now()

    def look(self) -> bool:
        """Lock if it is time; whether it was. A question that stands is void: whoever asked it is gone."""
        console = self._console
        now = console.clock.now()
        if not self._minutes or self.reason or now - self._touched < self._minutes * 60:
            return False
        palette = console.key_of("app.palette")
        how = f"{palette}unlock" if len(palette) == 1 else f"{palette} unlock"
        console.dispatcher.locked = f"locked, {how}"
        void = ""
        if console.dialog is not None:
            console.close_dialog()
            console.restraint.begin(now)
            void = "; the question is void"
        what = f"no key for {self._minutes:g} min: verbs are locked"
        console.remarks.say(f"{what}, {how} opens them{void}", "warn")
        console.remarks.log("state", f"{what}{void}", "warn")
        return True

    def ask(self) -> None:
        """The name of whoever sits here, typed; nothing else opens it."""
        console = self._console
        if not self.reason:
            console.remarks.say("nothing is locked", "muted")
            return
        name = console.settings.operator.strip() or ANYBODY
        told = f"no key for {self._minutes:g} min: verbs and acknowledging wait for your name"
        console.open(TypeName("UNLOCK", told, name, console.clock.now()), self._answered)

    def _answered(self, answer: Answer) -> None:
        console = self._console
        if not answer.value:
            console.remarks.say("still locked", "muted")
            return
        console.dispatcher.locked = ""
        console.remarks.say("unlocked", "text")
        console.remarks.log("state", f"unlocked by {console.settings.operator or 'whoever sits here'}")
