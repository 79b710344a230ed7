"""From a form to a command: which form, what it says, what it changes, and the question before it goes.

What was typed is kept until it is sent: a form that was left, or a question that was answered with no, comes back with
the key that repeats the last action.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from wallboard.control.filled import NOTHING_CHANGED, changes
from wallboard.control.policy import Offer, confirmation
from wallboard.domain.command import Command, Target, Verb, fingerprint, new_id
from wallboard.domain.forms import Form
from wallboard.domain.keys import Key, Kind
from wallboard.domain.models import Row
from wallboard.domain.text import cell_width, clean
from wallboard.domain.verbs import phrase
from wallboard.view.cells import fit
from wallboard.view.dialogs import Answer, Choice, Chooser, Confirm, TypeName
from wallboard.view.form import Filled, FormDialog

if TYPE_CHECKING:
    from wallboard.ui.console import Console

_TOLD = 240
"""Columns that a question spends on saying what changes."""
DRAFTS = 20


class Filling:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._drafts: dict[tuple[Key, Verb, str], dict[str, str]] = {}
        self.last = ""
        """The form that was opened last, and on a source which one: what `.` opens again."""

    # ---- on a row -------------------------------------------------------------------------------------------

    def edit(self, verb: Verb, row: Row, target: Target, offer: Offer, label: str, again: str = "") -> None:
        """Fill in what `verb` needs on `row`, ask and send. `again`: the form to reopen, with what was typed."""
        console = self._console
        forms = console.dispatcher.forms(verb, row.key)
        if not forms and verb.facts.bare:
            self._ask(verb, target, label, offer, (), (), (), "", str(getattr(row, "name", "")), self._row_watch(row))
            return

        def opened(form: Form) -> None:
            watch = self._watch(verb, row, form)
            self._open(verb, form, target, offer, label, str(getattr(row, "name", "")), watch, bool(again))

        self._choose_form(verb, forms, label, self._row_watch(row), opened, again)

    def _row_watch(self, row: Row) -> Callable[[], str]:
        before, board = fingerprint(row), self._console.board

        def changed() -> str:
            now = board.row(row.key)
            return "it ended" if now is None else before.difference(fingerprint(now))

        return changed

    def _watch(self, verb: Verb, row: Row, form: Form) -> Callable[[], str]:
        """Also what the form was filled with: somebody else may have changed it meanwhile."""
        same_row, console = self._row_watch(row), self._console
        first = {field.name: field.value for field in form.fields}

        def changed() -> str:
            what = same_row()
            if what or not verb.facts.edits:
                return what
            now = next((one for one in console.dispatcher.forms(verb, row.key) if one.id == form.id), None)
            if now is None:
                return "it was changed meanwhile"
            other = [field.label for field in now.fields if field.value != first.get(field.name, field.value)]
            return f"{', '.join(other)} changed meanwhile" if other else ""

        return changed

    # ---- on a source ----------------------------------------------------------------------------------------

    def publish(self, again: str = "") -> None:
        """A new notice, on the source that can publish one; where several can, which one."""
        console = self._console
        offers = {name: self.offer(name) for name in console.board.sources()}
        able = [name for name, offer in offers.items() if offer.ok]
        if not able:
            # Of all that cannot, those say most that know what a notice is.
            reasons = list(dict.fromkeys(offer.reason for offer in offers.values() if offer.reason))
            same = reasons[0] if len(reasons) == 1 else "no source can publish one"
            console.say(f"{console.key_of('notice.publish')} new notice: {same}", "warn")
            return
        source, _, form = again.partition("\n")
        if source in able or len(able) == 1:
            self._publish_on(source if source in able else able[0], offers, form)
            return

        def done(answer: Answer) -> None:
            if isinstance(answer.value, str):
                self._publish_on(answer.value, offers, "")

        choices = [Choice(name, name, offers[name].consequence) for name in able]
        console.open(Chooser("NEW NOTICE: on which source?", choices, console.clock.now()), done)

    def offer(self, source: str) -> Offer:
        return self._console.dispatcher.offer(Verb.PUBLISH, Key(source, Kind.SOURCE, source))

    def _publish_on(self, source: str, offers: dict[str, Offer], again: str) -> None:
        console = self._console
        target = console.dispatcher.source_target(source)

        def still() -> str:
            offer = self.offer(source)
            return "" if offer.ok else offer.reason

        def opened(form: Form) -> None:
            self._open(Verb.PUBLISH, form, target, offers[source], source, source, still, bool(again))

        self._choose_form(
            Verb.PUBLISH, console.dispatcher.forms(Verb.PUBLISH, target.key), source, still, opened, again
        )

    # ---- the form, the question -----------------------------------------------------------------------------

    def _choose_form(
        self,
        verb: Verb,
        forms: Sequence[Form],
        label: str,
        watch: Callable[[], str],
        opened: Callable[[Form], None],
        again: str,
    ) -> None:
        console = self._console
        if not forms:
            console.say(f"{label}: nothing can be filled in now", "warn")
            return
        named = [form for form in forms if form.id == again]
        if named or len(forms) == 1:
            opened((named or list(forms))[0])
            return

        def done(answer: Answer) -> None:
            if isinstance(answer.value, Form):
                opened(answer.value)

        choices = [Choice(form, form.title, form.hint) for form in forms]
        title = f"{phrase(verb).upper()} {label}: what?"
        console.open(Chooser(title, choices, console.clock.now()), done, watch)

    def _open(
        self,
        verb: Verb,
        form: Form,
        target: Target,
        offer: Offer,
        label: str,
        name: str,
        watch: Callable[[], str],
        again: bool,
    ) -> None:
        console = self._console
        at = (target.key, verb, form.id)
        self.last = form.id if target.key.kind is not Kind.SOURCE else f"{target.key.source}\n{form.id}"
        title = form.title if label.casefold() in form.title.casefold() else f"{form.title} · {label}"
        dialog = FormDialog(title, form, dict(self._drafts.get(at, {})) if again else {})

        def done(answer: Answer) -> None:
            self._keep(at, dialog.values)
            filled = answer.value
            if not isinstance(filled, Filled):
                typed = bool(changes(form, dialog.values))
                back = f"; {console.key_of('row.again')} brings back what was typed" if typed else ""
                console.say(f"left as it is: {label}{back}", "muted")
                return
            what = changes(form, filled.values, all_of_it=not verb.facts.edits)
            if verb.facts.edits and not what:
                console.say(f"{NOTHING_CHANGED}: {label}", "muted")
                return
            self._ask(verb, target, label, offer, filled.args, what, form.private, form.warning, name, watch, at)

        console.open(dialog, done, watch)

    def _keep(self, at: tuple[Key, Verb, str], values: dict[str, str]) -> None:
        self._drafts.pop(at, None)
        self._drafts[at] = dict(values)
        while len(self._drafts) > DRAFTS:
            del self._drafts[next(iter(self._drafts))]

    def _ask(
        self,
        verb: Verb,
        target: Target,
        label: str,
        offer: Offer,
        args: tuple[tuple[str, str], ...],
        what: Sequence[str],
        private: tuple[str, ...],
        warning: str,
        name: str,
        watch: Callable[[], str],
        at: tuple[Key, Verb, str] | None = None,
    ) -> None:
        """Confirm as the offer and the form demand, then submit."""
        console = self._console
        now = console.clock.now()
        command = Command(new_id(), verb, target, None, args, now, private=private)
        level = confirmation(offer, warning=warning)
        told = "; ".join(what)
        told = fit(told, _TOLD).rstrip() if cell_width(told) > _TOLD else told
        reasons = list(dict.fromkeys(part for part in (told, offer.consequence, warning) if part))
        title = f"{phrase(verb, target.key.kind).upper()} {label}?"

        def done(answer: Answer) -> None:
            if answer.value:
                if at is not None:
                    self._drafts.pop(at, None)
                console.dispatcher.submit(replace(command, asked_at=console.clock.now()))
            else:
                console.say(f"left as it is: {label}", "muted")

        if level == "go":
            if at is not None:
                self._drafts.pop(at, None)
            console.dispatcher.submit(command)
        elif level == "name":
            asked = TypeName(title, " · ".join(reasons), name or str(clean(label)), now)
            console.open(asked, done, watch)
        else:
            console.open(Confirm(title, " · ".join(reasons), now), done, watch)
