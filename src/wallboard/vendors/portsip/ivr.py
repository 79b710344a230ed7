"""A virtual receptionist of PortSIP, as it is read and as it is written. Pure.

A write replaces it, and the vendor's documents do not say whether a field that a write leaves out keeps its value. So
`body` carries every field whose written form is its read form. What cannot go back is the prompts (read as file names,
written as ids of uploads), the PIN, and fields that no document has.

The PIN for DISA comes back in the vendor's answers; it is dropped before anything else sees them, and leaves only a
mark by which this process can tell whether it is still the same.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from wallboard.domain.errors import NotSent
from wallboard.domain.forms import written_hours
from wallboard.domain.language import mark, tr
from wallboard.domain.records import dataclass
from wallboard.domain.text import NOTHING, Clean, clean
from wallboard.vendors.kit import wire
from wallboard.vendors.kit.wire import Count, Identity, Switch, Text, objects, raw_object, text
from wallboard.vendors.portsip.hours import ALL_DAY, Holiday, Phase, Schedule, Spans, Week, day_spans, edge, holiday
from wallboard.vendors.portsip.states import normal

DAYS = (
    *(mark("monday"), mark("tuesday"), mark("wednesday"), mark("thursday")),
    *(mark("friday"), mark("saturday"), mark("sunday")),
)
"""Their fields, and what a sentence calls them."""
ACTIONS = {
    "FORWARD_TO_NUMBER": mark("to a number"),
    "FORWARD_TO_VOICEMAIL": mark("to a voicemail"),
    "REPEAT": mark("repeat the prompt"),
    "HANGUP": mark("hang up"),
    "DISA": mark("DISA (dial on from here)"),
}
"""What can be done with a caller (DISA for an input alone), and what a form says of it."""
_MARKS = secrets.token_bytes(32)


class Part(wire.Wire):
    """An object of a receptionist. Null is as absent; what is in no document stays in `model_extra`."""

    model_config = ConfigDict(extra="allow", frozen=True)
    unwritten: ClassVar[frozenset[str]] = frozenset()
    """Fields that are read alone."""

    @model_validator(mode="before")
    @classmethod
    def _object(cls, data: object) -> object:
        return {name: part for name, part in data.items() if part is not None} if isinstance(data, Mapping) else {}

    @property
    def strange(self) -> list[str]:
        """The fields that hold something and are in no document that this console was written from."""
        return [name for name, value in (self.model_extra or {}).items() if value not in ("", [], {})]

    def body(self) -> Any:
        """What is sent of it; NotSent where that would lose a part of a list, which is replaced as a whole."""
        fields = type(self).model_fields.items()
        found = {
            field.alias or name: _sent(getattr(self, name)) for name, field in fields if name not in self.unwritten
        }
        return {name: value for name, value in found.items() if value not in (None, "", {})}


def _sent(value: object) -> object:
    if isinstance(value, tuple):
        return [_sent(part) for part in value]
    return value.body() if isinstance(value, Part) else value


def _object_or_none(value: object) -> object:
    return value if isinstance(value, Mapping) else None


def _list_or_none(value: object) -> object:
    """One object alone is a list of one."""
    return [value] if isinstance(value, Mapping) else value if isinstance(value, list) else None


def _objects_or_none(value: object) -> object:
    return objects(value) if isinstance(value, list | Mapping) else None


class Forward(Part):
    """Where a caller is sent. `timeout` (seconds) and `repeat_times` belong to the timeout rule alone."""

    timeout: Count = None
    repeat_times: Count = None
    action: Text = ""
    number: Text = ""

    @property
    def does(self) -> str:
        """The action in snake upper-case."""
        return normal(self.action)

    @property
    def words(self) -> Clean:
        """ "8001", "voicemail 101", "repeats", "hangs up"; an action that is not known as the vendor writes it."""
        match self.does:
            case "":
                return NOTHING
            case "FORWARD_TO_NUMBER":
                return clean(self.number) or clean(tr("no number set"))
            case "FORWARD_TO_VOICEMAIL":
                return clean(tr("voicemail {number}", number=self.number))
            case "REPEAT":
                return clean(tr("repeats"))
            case "HANGUP":
                return clean(tr("hangs up"))
        return clean(f"{self.does} {self.number}")

    def body(self) -> Any:
        return {**super().body(), **({"action": self.does} if self.does in ACTIONS else {})}


def words(forward: Forward | None) -> Clean:
    return forward.words if forward is not None else NOTHING


ForwardRule = Annotated[Forward | None, BeforeValidator(_object_or_none)]


def hours_words(spans: Spans) -> str:
    """As a form writes them, in the language of the desk."""
    return tr("closed") if not spans else tr("all day") if spans == ALL_DAY else written_hours(spans)


class Range(Part):
    start: Text = Field("", alias="from")
    end: Text = Field("", alias="to")


class Day(Part):
    enabled: Switch = None
    ranges: Annotated[tuple[Range, ...] | None, BeforeValidator(_list_or_none)] = None

    @property
    def spans(self) -> Spans | None:
        return day_spans(self.enabled, [(each.start, each.end) for each in self.ranges or ()])


class Hours(Part):
    """The week of a rule, or the global one of the tenant, which has no mode."""

    mode: Text = ""
    monday: Day = Day()
    tuesday: Day = Day()
    wednesday: Day = Day()
    thursday: Day = Day()
    friday: Day = Day()
    saturday: Day = Day()
    sunday: Day = Day()

    @property
    def days(self) -> dict[str, Day]:
        return {name: getattr(self, name) for name in DAYS}

    @property
    def week(self) -> Week:
        return Week(tuple(day.spans for day in self.days.values()))

    @property
    def custom(self) -> bool | None:
        """Whether they are the rule's own; None: the mode is not known."""
        # "By default, each DTMF input follows the global office hours" (administration guide).
        own = any(name in self.model_fields_set for name in DAYS)
        return {"CUSTOM": True, "GLOBAL": False, "": own}.get(normal(self.mode))

    def body(self) -> Any:
        mode = normal(self.mode)
        return {**super().body(), **({"mode": mode} if mode in ("GLOBAL", "CUSTOM") else {})}


class HolidayWire(Part):
    """One of a rule's holidays, or of GET /holidays. Of some only the id is told."""

    id: Text = ""
    name: Text = ""
    region: Text = ""
    consecutive: Switch = None
    every_year: Switch = None
    year_start: Count = None
    month_start: Count = None
    day_start: Count = None
    hour_start: Count = None
    minute_start: Count = None
    year_end: Count = None
    month_end: Count = None
    day_end: Count = None
    hour_end: Count = None
    minute_end: Count = None

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: object) -> object:
        return data if isinstance(data, Mapping) else {"id": data}

    @property
    def day(self) -> Holiday:
        every_year = self.every_year is True
        start = edge(self.year_start, self.month_start, self.day_start, self.hour_start, self.minute_start)
        if not every_year and not self.year_start:
            start = None
        if self.month_end or self.day_end:
            end = edge(self.year_end, self.month_end, self.day_end, self.hour_end, self.minute_end)
            start = start if end is not None else None
        else:
            at = 60 * (self.hour_end or 0) + (self.minute_end or 0)
            end = None if start is None else start._replace(minute=at if at <= 1440 else 0)
        return holiday(self.name, self.consecutive is True, every_year, start, end)

    def body(self) -> Any:
        if not self.id:
            raise NotSent(tr("nothing sent: the vendor returned a holiday without an id, and writing would lose it"))
        return self.id


class Rule(Part):
    user_input: Text = ""
    office_hours: Hours = Hours()
    office_hours_forward_rule: ForwardRule = None
    non_office_hours_forward_rule: ForwardRule = None
    holiday_forward_rule: ForwardRule = None
    holidays: Annotated[tuple[HolidayWire, ...] | None, BeforeValidator(_list_or_none)] = None

    @property
    def input(self) -> str:
        return self.user_input.strip()

    @property
    def dated(self) -> list[Holiday]:
        """Its holidays; the others are ids without dates."""
        return [day for each in self.holidays or () if (day := each.day).readable]

    @property
    def undated(self) -> int:
        return len(self.holidays or ()) - len(self.dated)

    def schedule(self, tenant: Tenant) -> Schedule:
        custom = self.office_hours.custom
        week = self.office_hours.week if custom else tenant.week if custom is False else None
        return Schedule(week, tuple(self.dated))

    def leads(self, phase: Phase | None) -> Clean:
        """Where the input sends a caller in that phase; where it is not known, both ways unless they are one."""
        office, closed = words(self.office_hours_forward_rule), words(self.non_office_hours_forward_rule)
        if phase is None:
            if office == closed:
                return office
            return clean(tr("{office} if open, else {closed}", office=office or "–", closed=closed or "–"))
        return {Phase.OFFICE: office, Phase.CLOSED: closed, Phase.HOLIDAY: words(self.holiday_forward_rule)}[phase]

    def body(self) -> Any:
        return {"user_input": self.user_input, **super().body()}


class CallerId(Part):
    provider_id: Text = ""
    caller_id: Text = ""
    description: Text = ""


class Ivr(Part):
    """A receptionist. `full` False: only the list has been read, which has its name and number."""

    id: Identity = ""
    name: Text = ""
    extension_number: Text = ""
    language: Text = ""
    dtmf_interval: Count = None
    prompt_file_name: Text = ""
    prompt_file_size: Count = None
    prompt_file_url: Text = ""
    transfer_prompt_file_name: Text = ""
    transfer_prompt_file_size: Count = None
    transfer_prompt_file_url: Text = ""
    enable_pin: Switch = None
    pin_mark: Text = ""
    """What tells one PIN from another, for as long as this process runs; "" for none. The PIN cannot be had from it:
    the key is random and written nowhere."""
    timeout_forward_rule: ForwardRule = None
    failure_forward_rule: ForwardRule = None
    night_mode_forward_rule: ForwardRule = None
    custom_forward_rules: Annotated[tuple[Rule, ...] | None, BeforeValidator(_objects_or_none)] = None
    outbound_caller_ids: Annotated[tuple[CallerId, ...] | None, BeforeValidator(_objects_or_none)] = None
    stray: Text = ""
    """Why it cannot be written where something stands in one of its lists and is none."""
    full: bool = False
    unwritten = frozenset(
        {"id", "extension_number", "pin_mark", "stray", "full"}
        | {f"{prompt}_file_{what}" for prompt in ("prompt", "transfer_prompt") for what in ("name", "size", "url")}
    )

    @model_validator(mode="before")
    @classmethod
    def _without_pin(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return {}
        stray = next((what for name, what in _LISTS.items() if not _whole(data.get(name))), "")
        return {**_pinless(data), "pin_mark": _mark(data), "stray": stray, "full": False}

    @property
    def usable(self) -> bool:
        return bool(self.id)

    @property
    def rules(self) -> Iterator[tuple[str, Rule]]:
        """Each rule by its input, which is numbered from the second of the same input on."""
        seen: dict[str, int] = {}
        for rule in self.custom_forward_rules or ():
            seen[rule.input] = seen.get(rule.input, 0) + 1
            yield rule.input if seen[rule.input] == 1 else f"{rule.input}~{seen[rule.input]}", rule

    def body(self) -> Any:
        if self.stray:
            raise NotSent(tr(self.stray))
        return super().body()


_LISTS = {
    "custom_forward_rules": mark(
        "nothing sent: the vendor returned an input that is none, and writing without it would lose it"
    ),
    "outbound_caller_ids": mark(
        "nothing sent: the vendor returned a caller id that is none, and writing without it would lose it"
    ),
}


def _whole(value: object) -> bool:
    return not isinstance(value, list) or all(isinstance(part, Mapping) for part in value)


def _mark(data: Mapping[str, object]) -> str:
    pin = next((text(value).strip() for name, value in data.items() if _is_pin(name)), "")
    digest = hashlib.blake2b(pin.encode(), key=_MARKS, digest_size=4).hexdigest()
    return tr("set ({digest})", digest=digest) if pin else ""


def _is_pin(name: object) -> bool:
    return str(name).strip().lower() == "pin"


def _pinless(value: object) -> Any:
    """`value` again, without any field called pin at any depth."""
    if isinstance(value, Mapping):
        return {str(name): _pinless(part) for name, part in value.items() if not _is_pin(name)}
    return [_pinless(part) for part in value] if isinstance(value, list) else value


def read_ivr(data: object, identity: str) -> Ivr:
    """A receptionist in full. BadAnswer if it is none."""
    given = raw_object(data, Ivr, tr("receptionist"))
    return Ivr.model_validate(given).model_copy(update={"id": identity, "full": True})


class TenantWire(Part):
    timezone: Text = ""
    enable_night_mode: Switch = None
    office_hours: Annotated[Hours | None, BeforeValidator(_object_or_none)] = None


@dataclass(frozen=True, slots=True)
class Tenant:
    """What holds for all receptionists. `week` None: the global office hours are not known, and `why`; `lost`: the
    vendor's time zone is not known, which is why."""

    zone: ZoneInfo
    week: Week | None = None
    night_mode: bool | None = None
    why: str = ""
    lost: bool = False


def tenant_of(wire: TenantWire, zone: ZoneInfo) -> Tenant:
    """`zone` is used where the vendor names none that exists."""
    name, why = wire.timezone.strip(), ""
    try:
        zone = ZoneInfo(name) if name else zone
    except (KeyError, ValueError, OSError):
        why = tr("the vendor's time zone {zone} is not known here", zone=clean(name, 40))
    if wire.office_hours is None:
        no_hours = tr("the vendor returns no global office hours")
        return Tenant(zone, None, wire.enable_night_mode, why or no_hours, bool(why))
    return Tenant(zone, wire.office_hours.week, wire.enable_night_mode, why, bool(why))
