"""The receptionists of the site `front`, and the numbers by which the sites reach each other."""

from __future__ import annotations

from collections.abc import Mapping

from wallboard.sim.exchange import Exchange
from wallboard.sim.pbx import Pbx
from wallboard.sim.receptionists import (
    Fields,
    Holiday,
    Reception,
    Tenant,
    closed_day,
    office_week,
    open_day,
    rule,
)
from wallboard.sim.sites import did, resource_id

_HQ_PHONES = "+4930231252"


def _holidays() -> tuple[Holiday, ...]:
    return (
        Holiday(resource_id(11), "Tag der Arbeit", "DEU", False, True, (2020, 2020), (5, 5), (1, 1)),
        Holiday(resource_id(12), "Tag der Deutschen Einheit", "DEU", False, True, (2020, 2020), (10, 10), (3, 3)),
        Holiday(resource_id(13), "Between the years", "DEU", True, True, (2020, 2021), (12, 1), (24, 1), (14, 23)),
        Holiday(resource_id(14), "Move to the new office", "DEU", True, False, (2026, 2026), (11, 11), (27, 28)),
    )


def _choice(keys: str, week: Fields, now: Fields, closed: Fields, holidays: list[int], then: Fields) -> Fields:
    return {
        "user_input": keys,
        "office_hours": week,
        "office_hours_forward_rule": now,
        "non_office_hours_forward_rule": closed,
        "holidays": holidays,
        "holiday_forward_rule": then,
    }


def reception(pbx: Pbx) -> Reception:
    """The tenant of `front` and its receptionists: hours GLOBAL and CUSTOM, holidays, prompts, one with a PIN."""
    hours = office_week(("08:00", "18:00"), saturday=("09:00", "13:00"))
    made = Reception(pbx, Tenant(resource_id(1), "Front office", pbx.domain, "Europe/Berlin", "DEU", hours))
    made.holidays = {holiday.id: holiday for holiday in _holidays()}
    sounds = {501: ("main-menu.wav", 482110), 502: ("night.wav", 201344), 503: ("one-moment.wav", 64022)}
    made.prompts = {resource_id(place): sound for place, sound in sounds.items()}
    menu, night, moment = (resource_id(place) for place in sounds)
    german, new_year = [resource_id(11), resource_id(12), resource_id(13)], [resource_id(13)]
    to_desk, to_billing, to_night = (rule("FORWARD_TO_NUMBER", number) for number in ("8001", "8002", "8003"))
    voicemail, again, bye, disa = rule("FORWARD_TO_VOICEMAIL", "311"), rule("REPEAT"), rule("HANGUP"), rule("DISA")
    always: Fields = {"mode": "GLOBAL", **dict.fromkeys(hours)}
    night_hours = open_day(("00:00", "08:00"), ("18:00", "23:59"))
    nights: Fields = {"mode": "CUSTOM", **dict.fromkeys(hours, night_hours)}
    billing: Fields = {"mode": "CUSTOM", **office_week(("09:00", "12:30"), ("13:30", "17:00"))}
    weekend: Fields = {"mode": "CUSTOM", **dict.fromkeys(hours, closed_day())}
    weekend |= dict.fromkeys(("saturday", "sunday"), open_day())
    caller_id = {"provider_id": resource_id(900), "caller_id": did("8100"), "description": "Main line"}
    ask_billing = _choice("1", billing, to_billing, voicemail, german, voicemail)
    made.add(
        "8100",
        "Main menu",
        language="de-DE",
        prompt_file_id=menu,
        transfer_prompt_file_id=moment,
        timeout_forward_rule={"timeout": 10, "repeat_times": 2, **to_desk},
        custom_forward_rules=[
            _choice("1", always, to_desk, to_night, german, voicemail),
            ask_billing | {"user_input": "2"},
            _choice("9", always, again, bye, [], again),
        ],
        outbound_caller_ids=[caller_id],
    )
    made.add(
        "8101",
        "Night menu",
        timeout_forward_rule={"timeout": 15, "repeat_times": 1, **to_night},
        failure_forward_rule=to_night,
        custom_forward_rules=[_choice("0", nights, to_night, to_desk, new_year, voicemail)],
    )
    to_bill = [ask_billing, _choice("2", always, to_desk, bye, [], bye)]
    made.add("8102", "Billing menu", language="en-GB", prompt_file_id=menu, custom_forward_rules=to_bill)
    staff = [_choice("5", always, disa, disa, [], bye)]
    made.add(
        "8103", "Dial-in for staff", prompt_file_id=night, enable_pin=True, pin="730418", custom_forward_rules=staff
    )
    made.add("8104", "Weekend line", custom_forward_rules=[_choice("1", weekend, to_night, to_desk, german, voicemail)])
    made.per_hour = {"8100": 70.0, "8102": 16.0, "8101": 8.0}
    return made


def connect(exchange: Exchange, sites: Mapping[str, Pbx]) -> None:
    """Give every site its numbers in the public network, and lay trunks: 77 to `front`, 66 from there to `hq`."""
    pbx, hq = sites["front"], sites["hq"]
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
