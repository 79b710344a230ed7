"""Forms that a person has filled in: which one it was, what is wrong with it, and what it changes, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wallboard.domain.command import Command
from wallboard.domain.forms import Form, FormField, Takes
from wallboard.domain.language import mark, tr
from wallboard.domain.text import clean

NOTHING_CHANGED = mark("nothing changed")
_LONG = 40


def form_of(forms: Sequence[Form], command: Command) -> Form | None:
    """The form that `command` was filled in on."""
    wanted = command.arg("form")
    return next((form for form in forms if form.id == wanted), None)


def objection(forms: Sequence[Form], command: Command) -> str:
    """Why the command's values may not be sent, as a sentence; "" if they may.

    Asked again right before sending: what the vendor offers may have changed since the form was drawn.
    """
    if not forms:
        return ""
    form = form_of(forms, command)
    if form is None:
        return tr("this form is not offered any more, what it speaks of has changed")
    problems = form.problems(dict(command.args))
    if problems:
        return problems[0]
    if command.verb.facts.edits and not changes(form, dict(command.args)):
        return tr(NOTHING_CHANGED)
    return ""


def changes(form: Form, values: Mapping[str, str], *, all_of_it: bool = False) -> list[str]:
    """What `values` change about the form, one piece a field: `until – → 2026-03-02 08:00`; with `all_of_it` every
    field that holds something, as for a notice that is new."""
    found: list[str] = []
    for field in form.fields:
        value = values.get(field.name, field.value)
        name = tr(field.label).casefold()
        if all_of_it:
            if value.strip():
                found.append(f"{name} {in_words(field, value)}")
        elif not same(field, value, field.value):
            before, after = in_words(field, field.value), in_words(field, value)
            # Of long texts the end may be what differs, so the old one is not shown beside a cut new one.
            found.append(
                f"{name} {before} → {after}"
                if len(before) < _LONG
                else tr("{name} now {after}", name=name, after=after)
            )
    return found


def same(field: FormField, one: str, other: str) -> bool:
    """Whether two values of a field mean the same: the order of several choices and outer blanks do not matter."""
    if field.takes is Takes.SEVERAL:
        return set(one.split()) == set(other.split())
    return one.strip() == other.strip()


def in_words(field: FormField, value: str) -> str:
    """A value as a person reads it: options by their text, nothing as a dash, a long text cut."""
    if not value.strip():
        return "–"
    if field.private:
        return tr("as given")
    if field.takes in (Takes.CHOICE, Takes.SEVERAL):
        named = {option.value: option.text for option in field.options}
        parts = value.split() if field.takes is Takes.SEVERAL else [value]
        text = ", ".join(str(named.get(part, clean(part))) for part in parts)
    else:
        text = str(clean(value))
    return f"{text[: _LONG - 1].rstrip()}…" if len(text) > _LONG else text
