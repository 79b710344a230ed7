"""The site `front`: a PortSIP PBX with three queues, ten agents and five receptionists, in Berlin.

Ids are decimal numbers as the vendor's push prints them; its resources print them another way (see the face).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wallboard.sim.engine import Engine
from wallboard.sim.exchange import Exchange
from wallboard.sim.model import LOGGED_OUT, Behaviour, Queue, QueueProfile, Tier
from wallboard.sim.pbx import Pbx
from wallboard.sim.receptionists import (
    Holiday,
    Prompt,
    Reception,
    Tenant,
    closed_day,
    office_week,
    open_day,
    rule,
)

TRUNK = "carrier-a"
_HQ_PHONES = "+4930231252"
_BASE = 700551909773148000
_DAY = (
    *(0.5, 0.5, 0.5, 0.5, 0.5, 0.6, 0.8, 1.0, 1.2, 1.2, 1.1, 1.0),
    *(0.9, 1.0, 1.1, 1.1, 1.0, 0.9, 0.8, 0.7, 0.7, 0.6, 0.5, 0.5),
)
_NIGHT = (*(1.2,) * 6, *(0.6,) * 12, *(1.0,) * 6)
_NAMES = {
    301: "Lena Hartmann",
    302: "Idris Bello",
    303: "Marta Kowalczyk",
    304: "Yuki Arai",
    305: "Pavel Dvořák",
    306: "Selin Aksoy",
    307: "Matteo Ferri",
    308: "Aoife Byrne",
    309: "Kofi Asante",
    310: "Dörte Hansen",
    311: "Back office",
    312: "Goods in",
}


@dataclass(frozen=True, slots=True)
class _QueuePlan:
    """`polling` is the documented strategy, `strategy` what comes nearest to it here; `promise` in seconds."""

    number: int
    name: str
    polling: str
    strategy: str
    ring_time: int
    promise: int
    profile: QueueProfile
    agents: tuple[int, ...]


def did(number: str) -> str:
    """The number in the public network of an extension of this site: 8100 is +4930231258100."""
    return "+4930231258" + number.removeprefix("8")


_QUEUES = (
    _QueuePlan(
        8001,
        "Front desk",
        "LEAST_WORKED_HUNT",
        "agent-with-fewest-calls",
        20,
        20,
        QueueProfile(16.0, _DAY, 85.0, 130.0, did("8001")),
        (301, 302, 303, 304, 305, 306),
    ),
    _QueuePlan(
        8002,
        "Billing",
        "CYCLIC_HUNT",
        "round-robin",
        25,
        40,
        QueueProfile(20.0, _DAY, 120.0, 150.0, did("8002")),
        (305, 306, 307, 308, 309),
    ),
    _QueuePlan(
        8003,
        "Night",
        "RING_SIMULTANEOUSLY",
        "ring-all",
        30,
        15,
        QueueProfile(6.0, _NIGHT, 70.0, 180.0, did("8003")),
        (309, 310, 301),
    ),
)


def resource_id(number: int) -> int:
    """The decimal id of what has this extension number or place in the plan."""
    return _BASE + number


def front(engine: Engine) -> Pbx:
    """Account `front`: phones, the supervisor's phone 2001 and three queues with their agents."""
    pbx = Pbx(engine, "front", client_id=6760, prefix="front", domain="front.example")
    for number, name in _NAMES.items():
        pbx.add_extension(number, "phone", name)
    pbx.extensions[312].registered = False
    pbx.add_extension(2001, "phone", "Supervisor").desk = True
    for number in range(301, 311):
        pbx.add_agent(number, _NAMES[number], number).wrap_up_time = 12
    for plan in _QUEUES:
        extension = pbx.add_extension(plan.number, "queue", plan.name)
        settings: dict[str, object] = {
            "polling_strategy": plan.polling,
            "ring_time": plan.ring_time,
            "sla_time": plan.promise,
            "max_callers": 50,
            "max_waiting_time": 600,
            "language": "de-DE",
        }
        queue = Queue(extension, plan.strategy, settings, plan.profile)
        for position, number in enumerate(plan.agents, start=1):
            agent = pbx.agents["local", number]
            agent.call_timeout = plan.ring_time
            queue.tiers.append(Tier(agent, 1, position))
        pbx.queues[plan.number] = queue
    pbx.agents["local", 308].status = LOGGED_OUT
    pbx.agents["local", 308].state = "Idle"
    next(tier for tier in pbx.queues[8001].tiers if tier.agent.id == 304).pause = "NOT_READY"
    next(tier for tier in pbx.queues[8002].tiers if tier.agent.id == 306).pause = "LUNCH"
    pbx.behaviour = Behaviour(side_calls_per_hour=25.0)
    return pbx


def _holidays() -> tuple[Holiday, ...]:
    return (
        Holiday(resource_id(11), "Tag der Arbeit", "DEU", False, True, (2020, 2020), (5, 5), (1, 1)),
        Holiday(resource_id(12), "Tag der Deutschen Einheit", "DEU", False, True, (2020, 2020), (10, 10), (3, 3)),
        Holiday(resource_id(13), "Between the years", "DEU", True, True, (2020, 2021), (12, 1), (24, 1), (14, 23)),
        Holiday(resource_id(14), "Move to the new office", "DEU", True, False, (2026, 2026), (11, 11), (27, 28)),
    )


def reception(pbx: Pbx) -> Reception:
    """The tenant of `front` and its receptionists: hours GLOBAL and CUSTOM, holidays, prompts, one with a PIN."""
    hours = office_week(("08:00", "18:00"), saturday=("09:00", "13:00"))
    tenant = Tenant(resource_id(1), "Front office", pbx.domain, "Europe/Berlin", "DEU", hours)
    made = Reception(pbx, tenant)
    for holiday in _holidays():
        made.holidays[holiday.id] = holiday
    for place, name, size in (
        (501, "main-menu.wav", 482110),
        (502, "night.wav", 201344),
        (503, "one-moment.wav", 64022),
    ):
        made.prompts[resource_id(place)] = Prompt(resource_id(place), name, size)
    menu, night, moment = (resource_id(place) for place in (501, 502, 503))
    german, new_year = [resource_id(11), resource_id(12), resource_id(13)], [resource_id(13)]
    to_desk, to_night, voicemail = (
        rule("FORWARD_TO_NUMBER", "8001"),
        rule("FORWARD_TO_NUMBER", "8003"),
        rule("FORWARD_TO_VOICEMAIL", "311"),
    )

    def choice(keys: str, week: object, now: object, closed: object, holidays: list[int], then: object) -> object:
        return {
            "user_input": keys,
            "office_hours": week,
            "office_hours_forward_rule": now,
            "non_office_hours_forward_rule": closed,
            "holidays": holidays,
            "holiday_forward_rule": then,
        }

    always = {"mode": "GLOBAL"}
    nights: dict[str, object] = {"mode": "CUSTOM"} | {
        day: open_day(("00:00", "08:00"), ("18:00", "23:59")) for day in office_week()
    }
    billing = {"mode": "CUSTOM", **office_week(("09:00", "12:30"), ("13:30", "17:00"))}
    made.add(
        resource_id(8100),
        "8100",
        "Main menu",
        language="de-DE",
        prompt_file_id=menu,
        transfer_prompt_file_id=moment,
        timeout_forward_rule={"timeout": 10, "repeat_times": 2, **to_desk},
        custom_forward_rules=[
            choice("1", always, to_desk, to_night, german, voicemail),
            choice("2", billing, rule("FORWARD_TO_NUMBER", "8002"), voicemail, german, voicemail),
            choice("9", always, rule("REPEAT"), rule("HANGUP"), [], rule("REPEAT")),
        ],
        outbound_caller_ids=[{"provider_id": resource_id(900), "caller_id": did("8100"), "description": "Main line"}],
    )
    made.add(
        resource_id(8101),
        "8101",
        "Night menu",
        timeout_forward_rule={"timeout": 15, "repeat_times": 1, **to_night},
        failure_forward_rule=rule("FORWARD_TO_NUMBER", "8003"),
        custom_forward_rules=[choice("0", nights, to_night, to_desk, new_year, voicemail)],
    )
    made.add(
        resource_id(8102),
        "8102",
        "Billing menu",
        language="en-GB",
        prompt_file_id=menu,
        custom_forward_rules=[
            choice("1", billing, rule("FORWARD_TO_NUMBER", "8002"), voicemail, german, voicemail),
            choice("2", always, to_desk, rule("HANGUP"), [], rule("HANGUP")),
        ],
    )
    made.add(
        resource_id(8103),
        "8103",
        "Dial-in for staff",
        prompt_file_id=night,
        enable_pin=True,
        pin="730418",
        custom_forward_rules=[choice("5", always, rule("DISA"), rule("DISA"), [], rule("HANGUP"))],
    )
    weekend = {"mode": "CUSTOM", **{day: closed_day() for day in office_week()}}
    weekend |= {"saturday": open_day(), "sunday": open_day()}
    made.add(
        resource_id(8104),
        "8104",
        "Weekend line",
        custom_forward_rules=[choice("1", weekend, to_night, to_desk, german, voicemail)],
    )
    made.per_hour = {"8100": 70.0, "8102": 16.0, "8101": 8.0}
    return made


def connect(made: Reception, exchange: Exchange, sites: Mapping[str, Pbx]) -> None:
    """Give every site its numbers in the public network, and lay trunks: 77 to `front`, 66 from there to `hq`."""
    pbx, hq = made.pbx, sites["hq"]
    for site in sites.values():
        exchange.join(site)
    for extension in pbx.extensions.values():
        exchange.publish(did(extension.number), pbx, extension.number)
        for site in sites.values():
            if site is not pbx:
                site.routes["77" + extension.number] = did(extension.number)
    for extension in hq.phones():
        exchange.publish(f"{_HQ_PHONES}{extension.number}", hq, extension.number)
        pbx.routes["66" + extension.number] = f"{_HQ_PHONES}{extension.number}"
    for queue in hq.queues.values():
        pbx.routes["66" + queue.extension.number] = queue.profile.did
