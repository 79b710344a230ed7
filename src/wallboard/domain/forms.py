"""Forms: what a person fills in before an action that is more than a key, and what each field takes.

An adapter makes a form from what it has read, the screen shows it, and the values travel as text in the command's
arguments. Both sides ask `FormField.problem`, so nothing is sent that the form would have refused.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import NOTHING, Clean


class Takes(StrEnum):
    """What a field takes, always as text. `choice`: the value of one option; `several`: values of options, joined by
    blanks; `line`: one line of text; `number`: a telephone number; `place`: the number of a destination, chosen from
    the directory; `moment`: `2026-03-02 08:00` in the time zone of the
    form, "" for none; `hours`: `09:00-12:30, 13:00-17:00`, `closed` or `all day`."""

    CHOICE = "choice"
    SEVERAL = "several"
    LINE = "line"
    NUMBER = "number"
    PLACE = "place"
    MOMENT = "moment"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that a field offers. `value` is the vendor's own and holds no blank."""

    value: str
    text: Clean


@dataclass(frozen=True, slots=True)
class FormField:
    """`value` is what stands there at first; `most` the greatest length of a line."""

    name: str
    label: str
    takes: Takes
    value: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    most: int = 300
    hint: str = ""
    private: bool = False
    """What is written here is sent, and shown in the form alone: it stands in no journal and no sentence."""

    def problem(self, value: str) -> str:
        """Why `value` cannot be taken and what to write, as a sentence; "" if it can."""
        label = tr(self.label)
        if not value.strip():
            return tr("{field}: it cannot be left empty", field=label) if self.required else ""
        match self.takes:
            case Takes.CHOICE | Takes.SEVERAL:
                offered = {option.value for option in self.options}
                parts = value.split() if self.takes is Takes.SEVERAL else [value]
                strange = [part for part in parts if part not in offered]
                said = (
                    tr("{field}: {choice!r} is not one of the choices", field=label, choice=strange[0])
                    if strange
                    else ""
                )
                return said
            case Takes.NUMBER | Takes.PLACE:
                return (
                    "" if _NUMBER.fullmatch(value.strip()) else tr("{field}: write a number, such as 8100", field=label)
                )
            case Takes.MOMENT:
                return "" if moment(value) is not None else tr("{field}: write it as 2026-03-02 08:00", field=label)
            case Takes.HOURS:
                said = tr("{field}: write 09:00-12:30, 13:00-17:00 or {closed}", field=label, closed=tr(CLOSED))
                return "" if hours(value) is not None else said
            case Takes.LINE:
                over = len(value) - self.most
                said = tr(
                    "{field}: at most {most} characters, this is {over} too long",
                    field=label,
                    most=self.most,
                    over=over,
                )
                return said if over > 0 else ""


@dataclass(frozen=True, slots=True)
class Form:
    """`id` says to the adapter which form it was; `warning`: why the write may lose something (then the name of the row
    is typed); `zone`: the time zone of its moments and hours, "" the console's own."""

    id: str
    title: Clean
    fields: tuple[FormField, ...]
    hint: Clean = NOTHING
    warning: str = ""
    zone: str = ""
    one_of: tuple[str, ...] = ()
    """Names of fields of which at least one must hold something."""

    @property
    def private(self) -> tuple[str, ...]:
        """The names of the private fields."""
        return tuple(field.name for field in self.fields if field.private)

    def problems(self, values: dict[str, str]) -> list[str]:
        """Everything that is wrong with `values`, field by field."""
        said = {field.name: values.get(field.name, field.value) for field in self.fields}
        found = [problem for field in self.fields if (problem := field.problem(said[field.name]))]
        lacking = self.lacking(said)
        return [*found, lacking] if lacking else found

    def lacking(self, values: dict[str, str]) -> str:
        """What no field says by itself: that one of several must be filled in; "" if one is."""
        if not self.one_of or any(values.get(name, "").strip() for name in self.one_of):
            return ""
        fields = ", ".join(tr(field.label) for field in self.fields if field.name in self.one_of)
        return tr("choose at least one of {fields}", fields=fields)


_NUMBER = re.compile(r"\+?[0-9*#][0-9*# ().-]*")
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\s*[-–]\s*([01][0-9]|2[0-4]):([0-5][0-9])")
CLOSED = mark("closed")
ALL_DAY = mark("all day")


def moment(text: str) -> datetime | None:
    """`2026-03-02 08:00` without a zone; None if it is no such moment."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M")  # noqa: DTZ007  # the form names the zone
    except ValueError:
        return None


def hours(text: str) -> tuple[tuple[int, int], ...] | None:
    """Opening hours of a day as minutes from midnight (from, to), in order and without overlap; () closed all day,
    ((0, 1440),) open all day; None if the text is no such thing."""
    wanted = text.strip().casefold()
    if wanted in (CLOSED, tr(CLOSED).casefold()):
        return ()
    if wanted in (ALL_DAY, tr(ALL_DAY).casefold()):
        return ((0, 1440),)
    found: list[tuple[int, int]] = []
    for part in text.split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            return None
        start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if start >= end or end > 1440 or (found and start < found[-1][1]):
            return None
        found.append((start, end))
    return tuple(found)


def written_hours(spans: tuple[tuple[int, int], ...]) -> str:
    """The text that `hours` reads back."""
    if not spans:
        return tr(CLOSED)
    if spans == ((0, 1440),):
        return tr(ALL_DAY)
    return ", ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans)
