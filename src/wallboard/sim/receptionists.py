"""The receptionists (virtual receptionists, `ivrs` of seed 004) of one site: what they are told, and what they do.

A definition is kept in the written form of the document, by its names: prompts and holidays are ids. Office hours and
holidays have no zone of their own; they are meant in the tenant's. Where the document leaves the order of the rules
open, a holiday beats the office hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from zoneinfo import ZoneInfo

from wallboard.domain.records import dataclass
from wallboard.sim.model import Call, End, Extension
from wallboard.sim.pbx import Pbx
from wallboard.sim.people import crowd
from wallboard.sim.sites import resource_id

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class Holiday:
    """A span of the tenant's calendar, its last minute included.

    Not `consecutive`: the first day alone, between its hours. `every_year`: the years do not count.
    """

    id: int
    name: str
    region: str
    consecutive: bool
    every_year: bool
    year: tuple[int, int]
    month: tuple[int, int]
    day: tuple[int, int]
    hour: tuple[int, int] = (0, 23)
    minute: tuple[int, int] = (0, 59)

    def covers(self, local: datetime) -> bool:
        """Whether a moment of the tenant's zone lies in it."""
        last = 1 if self.consecutive else 0
        first_day = (self.month[0], self.day[0])
        begin = (*first_day, self.hour[0], self.minute[0])
        end = (self.month[last], self.day[last], self.hour[1], self.minute[1])
        now = (local.month, local.day, local.hour, local.minute)
        if self.every_year:
            return begin <= now <= end if begin <= end else now >= begin or now <= end
        return (self.year[0], *begin) <= (local.year, *now) <= (self.year[last], *end)


@dataclass(slots=True, eq=False)
class Receptionist:
    """`definition` holds the written form but `extension_number`, with ids as numbers and every field present."""

    id: int
    extension: Extension
    definition: Fields
    online: bool = True

    @property
    def name(self) -> str:
        return str(self.definition["name"])

    @property
    def number(self) -> str:
        return self.extension.number


@dataclass(slots=True, eq=False)
class Tenant:
    """The account: IANA zone and the office hours that GLOBAL means (day → `enabled`, `ranges`)."""

    id: int
    name: str
    domain: str
    timezone: str
    region: str
    office_hours: Fields


def rule(action: str, number: str | None = None) -> Fields:
    told: Fields = {"action": action}
    return told if number is None else told | {"number": number}


def open_day(*ranges: tuple[str, str]) -> Fields:
    """Open in these hours; without any, all day long."""
    return {"enabled": True, "ranges": [{"from": begin, "to": end} for begin, end in ranges]}


def closed_day() -> Fields:
    return {"enabled": False, "ranges": []}


def office_week(*hours: tuple[str, str], saturday: tuple[str, str] | None = None) -> Fields:
    """Monday to Friday alike, perhaps a Saturday, no Sunday."""
    week: Fields = {name: open_day(*hours) for name in WEEK[:5]}
    week["saturday"] = open_day(saturday) if saturday else closed_day()
    week["sunday"] = closed_day()
    return week


class Reception:
    """The receptionists of a site. A caller listens a few seconds, presses something or nothing, and is sent on."""

    def __init__(self, pbx: Pbx, tenant: Tenant) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        self.tenant = tenant
        self.receptionists: dict[int, Receptionist] = {}
        self.holidays: dict[int, Holiday] = {}
        self.prompts: dict[int, tuple[str, int]] = {}
        """Sound files by id: name and size in bytes."""
        self.per_hour: dict[str, float] = {}
        self.people = crowd(self.engine.stream(f"{pbx.name}/menu people"), self.engine.scale.callers * 2 // 5)
        pbx.greet = self.greet

    def add(self, number: str, name: str, **definition: object) -> None:
        extension = self.pbx.add_extension(int(number), "receptionist", name, number)
        fields: Fields = {
            "name": name,
            "language": "en-US",
            "dtmf_interval": 2,
            "prompt_file_id": None,
            "transfer_prompt_file_id": None,
            "enable_pin": False,
            "pin": None,
            "timeout_forward_rule": {"timeout": 30, "repeat_times": 3, **rule("HANGUP")},
            "failure_forward_rule": rule("REPEAT"),
            "night_mode_forward_rule": None,
            "custom_forward_rules": [],
            "outbound_caller_ids": [],
        }
        identity = resource_id(int(number))
        self.receptionists[identity] = Receptionist(identity, extension, fields | deepcopy(definition))

    def numbered(self, number: str) -> Receptionist:
        """The receptionist with this extension number. KeyError: there is none."""
        for each in self.receptionists.values():
            if each.number == number:
                return each
        raise KeyError(number)

    def local(self) -> datetime:
        return self.engine.utc(self.engine.now).astimezone(ZoneInfo(self.tenant.timezone))

    def is_open(self, hours: object, local: datetime) -> bool:
        """Whether office hours (GLOBAL or CUSTOM) are open at a moment of the tenant's zone."""
        week = _fields(hours)
        if week.get("mode") == "GLOBAL":
            week = self.tenant.office_hours
        day = _fields(week.get(WEEK[local.weekday()]))
        if not day.get("enabled"):
            return False
        ranges = _rows(day.get("ranges"))
        now = local.strftime("%H:%M")
        return not ranges or any(str(each["from"]) <= now < str(each["to"]) for each in ranges)

    def says(self, custom: Mapping[str, object], local: datetime) -> Fields:
        """The forward rule of a custom rule that counts at a moment; {} if it has none for it."""
        ids = custom.get("holidays")
        listed = [self.holidays[each] for each in ids if each in self.holidays] if isinstance(ids, list) else []
        if any(holiday.covers(local) for holiday in listed):
            return _fields(custom.get("holiday_forward_rule"))
        is_open = self.is_open(custom.get("office_hours"), local)
        return _fields(custom.get("office_hours_forward_rule" if is_open else "non_office_hours_forward_rule"))

    def begin(self) -> None:
        """Callers from outside dial the receptionists, `per_hour` of each number."""
        for number in self.per_hour:
            self._next_arrival(number)

    def _next_arrival(self, number: str) -> None:
        rng = self.engine.stream(f"{self.pbx.name}/menu arrivals/{number}")
        gap, who = rng.expovariate(self.per_hour[number] / 3600.0 * self.engine.scale.traffic), rng.choice(self.people)

        def due() -> None:
            self.arrive(number, *who)
            self._next_arrival(number)

        self.engine.after(gap, due)

    def arrive(self, number: str, caller_number: str, caller_name: str = "") -> Call:
        """A caller from outside dials a receptionist's number."""
        extension = self.numbered(number).extension
        call = self.pbx.new_call(End(caller_number, caller_name), counted=True, did=number)
        self.greet(extension, call)
        return call

    def greet(self, extension: Extension, call: Call) -> None:
        receptionist = next((each for each in self.receptionists.values() if each.extension is extension), None)
        if receptionist is None or not receptionist.online:
            self.pbx.end(call, "lost")
            return
        if call.caller.leg is not None and call.caller.leg.answered is None:
            call.caller.leg.answered = self.engine.now
        self._listen(call, receptionist, 0)

    def _listen(self, call: Call, receptionist: Receptionist, rounds: int) -> None:
        call.menu = receptionist.extension
        rng = self.engine.stream(f"{self.pbx.name}/menu")
        delay, chance = rng.uniform(3.0, 7.0), rng.random()
        customs = _rows(receptionist.definition["custom_forward_rules"])
        timeout = _fields(receptionist.definition["timeout_forward_rule"])
        failure = _fields(receptionist.definition["failure_forward_rule"])

        def due() -> None:
            said = timeout
            if customs and chance < 0.9:
                # Most callers want what comes first in the menu.
                place = min(int((chance / 0.9) ** 2 * len(customs)), len(customs) - 1)
                said = self.says(customs[place], self.local())
            elif customs and chance < 0.95:
                said = failure
            self._follow(call, receptionist, rounds, said, _seconds(timeout.get("repeat_times"), 3.0))

        waits = _seconds(timeout.get("timeout"), 30.0) if chance >= 0.95 or not customs else 0.0
        call.timers.append(self.engine.after(delay + waits, due))

    def _follow(self, call: Call, receptionist: Receptionist, rounds: int, said: Fields, most: float) -> None:
        action = said.get("action")
        if action == "REPEAT" and rounds < most:
            self._listen(call, receptionist, rounds + 1)
        elif action == "FORWARD_TO_NUMBER":
            self.pbx.detach(call)
            self.pbx.route(call, str(said.get("number") or ""), None)
        elif action == "FORWARD_TO_VOICEMAIL":
            call.timers.append(self.engine.after(12.0, lambda: self.pbx.end(call, "voicemail")))
        else:
            self.pbx.end(call, "hung up")


def _fields(value: object) -> Fields:
    return value if isinstance(value, dict) else {}


def _rows(value: object) -> list[Fields]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _seconds(value: object, default: float) -> float:
    return float(value) if isinstance(value, int) else default
