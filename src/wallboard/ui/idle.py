"""A console that nobody has touched for a while: the board goes on, and verbs wait until somebody says who sits there.

It keeps a passer-by's hand off the callers. It is no sign-in: the name that opens it stands beside the question.
"""

from __future__ import annotations

from wallboard.ui.asking import Asking
from wallboard.ui.settings import Station
from wallboard.view.dialogs import Answer, TypeName

ANYBODY = "unlock"
"""What is typed where the config names nobody."""


class IdleLock:
    """`idle_lock` minutes without a key lock the verbs; None: nothing ever does."""

    def __init__(self, at: Station, asking: Asking) -> None:
        self._at = at
        self._asking = asking
        self._minutes = at.settings.idle_lock or 0.0
        self._touched = at.clock.now()

    @property
    def reason(self) -> str:
        """Why no verb goes now, "" where they do."""
        return self._at.dispatcher.locked

    def touch(self) -> None:
        """A key was pressed."""
        self._touched = self._at.clock.now()

    def look(self) -> bool:
        """Lock if it is time; whether it was. A question that stands is void: whoever asked it is gone."""
        at = self._at
        now = at.clock.now()
        if not self._minutes or self.reason or now - self._touched < self._minutes * 60:
            return False
        palette = at.settings.key_of("app.palette")
        how = f"{palette}unlock" if len(palette) == 1 else f"{palette} unlock"
        at.dispatcher.locked = f"locked, {how}"
        void = "; the question is void" if self._asking.void() else ""
        what = f"no key for {self._minutes:g} min: verbs are locked"
        at.remarks.say(f"{what}, {how} opens them{void}", "warn")
        at.remarks.log("state", f"{what}{void}", "warn")
        return True

    def ask(self) -> None:
        """The name of whoever sits here, typed; nothing else opens it."""
        at = self._at
        if not self.reason:
            at.remarks.say("nothing is locked", "muted")
            return
        name = at.settings.operator.strip() or ANYBODY
        told = f"no key for {self._minutes:g} min: verbs and acknowledging wait for your name"
        self._asking.ask(TypeName("UNLOCK", told, name, at.clock.now()), self._answered)

    def _answered(self, answer: Answer) -> None:
        at = self._at
        if not answer.value:
            at.remarks.say("still locked", "muted")
            return
        at.dispatcher.locked = ""
        at.remarks.say("unlocked", "text")
        at.remarks.log("state", f"unlocked by {at.settings.operator or 'whoever sits here'}")
