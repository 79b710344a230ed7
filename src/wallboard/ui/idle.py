"""A console that nobody has touched for a while: the board goes on, and verbs wait until somebody says who sits there.

It keeps a passer-by's hand off the callers. It is no sign-in: the name that opens it stands beside the question.
"""

from __future__ import annotations

from wallboard.domain.language import tr
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

    @property
    def untouched(self) -> float:
        """Seconds since the last key."""
        return self._at.clock.now() - self._touched

    def touch(self) -> None:
        """A key was pressed."""
        self._touched = self._at.clock.now()

    def look(self) -> bool:
        """Lock if it is time; whether it was. A question that stands is void: whoever asked it is gone."""
        at = self._at
        if not self._minutes or self.reason or self.untouched < self._minutes * 60:
            return False
        palette = at.settings.key_of("app.palette")
        how = f"{palette}unlock" if len(palette) == 1 else f"{palette} unlock"
        at.dispatcher.locked = tr("locked, {how}", how=how)
        what = tr("no key for {minutes:g} min: verbs are locked", minutes=self._minutes)
        said = tr("{what}, {how} opens them", what=what, how=how)
        if self._asking.void():
            what, said = (tr("{what}; the question is void", what=text) for text in (what, said))
        at.remarks.say(said, "warn")
        at.remarks.log("state", what, "warn")
        return True

    def ask(self) -> None:
        """The name of whoever sits here, typed; nothing else opens it."""
        at = self._at
        if not self.reason:
            at.remarks.say(tr("nothing is locked"), "muted")
            return
        name = at.settings.operator.strip() or ANYBODY
        told = tr("no key for {minutes:g} min: verbs and acknowledging wait for your name", minutes=self._minutes)
        self._asking.ask(TypeName(tr("UNLOCK"), told, name, at.clock.now()), self._answered)

    def _answered(self, answer: Answer) -> None:
        at = self._at
        if not answer.value:
            at.remarks.say(tr("still locked"), "muted")
            return
        at.dispatcher.locked = ""
        at.remarks.say(tr("unlocked"), "text")
        who = at.settings.operator
        at.remarks.log("state", tr("unlocked by {name}", name=who) if who else tr("unlocked by whoever sits here"))
