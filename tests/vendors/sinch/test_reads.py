"""What the Sinch adapter asks and shows, against an installation written from seed 002."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from tests.vendors.sinch.server import (
    ANN,
    BEN,
    CHAT,
    DESK,
    GROUP,
    HELP,
    MAIL,
    NOTICE,
    PASSWORD,
    POWER,
    SALES,
    SUOMI,
    TODAY,
    WATER,
    Server,
    adapter,
    command,
    dashed,
    guid,
    notices,
    queue,
    read,
    rows,
)
from wallboard.domain.command import Destination, Verb
from wallboard.domain.errors import (
    ConfigError,
    NotPermitted,
    ServerTrouble,
)
from wallboard.domain.keys import Key, Kind, Resource
from wallboard.domain.models import Agent, Call, Queue, Row
from wallboard.domain.states import AgentState, Channel
from wallboard.domain.text import clean
from wallboard.vendors.base import Sheet
from wallboard.vendors.sinch.adapter import SinchAdapter

pytestmark = pytest.mark.anyio


def refuse(status: int, text: str = "") -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status, text=text, headers={"content-type": "text/plain"})


async def queues(source: SinchAdapter) -> list[Queue]:
    return [row for row in await rows(source, Resource.QUEUES) if isinstance(row, Queue)]


async def agents(source: SinchAdapter) -> list[Agent]:
    return [row for row in await rows(source, Resource.AGENTS) if isinstance(row, Agent)]


async def discovered(source: SinchAdapter) -> SinchAdapter:
    for resource in (Resource.QUEUES, Resource.AGENTS, Resource.NOTICES):
        assert await read(source, resource, "discovery") == []
    return source


# ---- lists -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [99, 100, 101, 150])
async def test_a_list_without_pages_is_asked_on_only_where_it_may_be_cut(count: int) -> None:
    vendor = Server()
    vendor.extensions[SALES] = [{"id": guid(number), "address": str(5000 + number)} for number in range(count)]
    vendor.queues = vendor.queues[:1]
    source = adapter(vendor)
    await read(source, Resource.QUEUES, "discovery")
    (row,) = await queues(source)
    assert len(row.addresses) == 1 + count
    asked = [path for path in vendor.asked() if "/extensions" in path]
    assert (
        asked
        == [f"/queues/{SALES}/extensions", f"/queues/{SALES}/extensions?offset=100&limit=100"][: 1 + (count >= 100)]
    )


# ---- queues ------------------------------------------------------------------------------------------------------


async def test_queues_with_channels_addresses_and_groups_and_no_counts() -> None:
    vendor = Server()
    source = await discovered(adapter(vendor))
    vendor.requests.clear()
    found = {row.key.id: row for row in await queues(source)}
    assert {identity: row.channel for identity, row in found.items()} == {
        SALES: Channel.PHONE,
        HELP: Channel.PHONE,
        CHAT: Channel.CHAT,
        MAIL: Channel.EMAIL,
    }
    assert [(row.number, row.addresses) for row in found.values()] == [
        ("100", ("100",)),
        ("101", ("101", "102")),
        ("", ("sales.chat@example.com",)),
        ("", ()),
    ]
    assert {row.no_counts for row in found.values()} == {"RCI tells no live counts"}
    assert {row.waiting for row in found.values()} == {None}
    assert ("groups", "Front") in found[HELP].details
    # The discovery had just read the list.
    assert vendor.asked() == []
    await queues(source)
    assert vendor.asked() == ["/queues?offset=0&limit=100"]


async def test_only_the_queues_that_the_config_names() -> None:
    vendor = Server()
    source = adapter(vendor, queues=("sales CHAT", dashed(HELP), "Nobody"))
    await read(source, Resource.QUEUES, "discovery")
    assert [row.key.id for row in await queues(source)] == [CHAT, HELP]
    assert not [path for path in vendor.asked() if SALES in path or MAIL in path]
    assert source.info().detail == "RCI: roster and notices; no queue Nobody"


async def test_addresses_that_cannot_be_read_cost_only_themselves() -> None:
    vendor = Server()
    source = await discovered(adapter(vendor))
    vendor.answers[f"GET /queues/{HELP}/extensions"] = refuse(500)
    vendor.answers[f"GET /queues/{SALES}/extensions"] = refuse(403)
    vendor.answers["GET /queueGroups"] = refuse(403)
    await discovered(source)
    found = {row.key.id: row for row in await queues(source)}
    # What was known stays.
    assert found[HELP].addresses == ("101", "102")
    assert ("groups", "Front") in found[HELP].details
    (discovery,) = [f for f in source.feeds() if (f.resource, f.scope) == (Resource.QUEUES, "discovery")]
    assert discovery.interval == 60.0
    vendor.answers.clear()
    await discovered(source)
    (discovery,) = [f for f in source.feeds() if (f.resource, f.scope) == (Resource.QUEUES, "discovery")]
    assert discovery.interval == 900.0


async def test_many_queues_take_several_rounds_and_each_comes_round() -> None:
    vendor = Server()
    vendor.queues = [queue(number) for number in range(450)]
    source = adapter(vendor)
    asked: list[set[str]] = []
    for _ in range(3):
        vendor.requests.clear()
        await read(source, Resource.QUEUES, "discovery")
        asked.append({path for path in vendor.asked() if "/extensions" in path})
    assert [len(paths) for paths in asked] == [200, 200, 200]
    assert len(set.union(*asked)) == 450


# ---- people ------------------------------------------------------------------------------------------------------


async def test_people_with_numbers_roles_and_groups_and_no_states() -> None:
    vendor = Server()
    source = await discovered(adapter(vendor))
    vendor.requests.clear()
    ann, ben = await agents(source)
    # The list tells a number only where it is asked about one, and then leaves out who has none.
    assert vendor.asked() == ["/users?offset=0&limit=100", "/users?phone=%2A&offset=0&limit=100"]
    assert (ann.key.id, ann.name, ann.extension) == (ANN, "First0 Sur0", "7001")
    assert (ben.key.id, ben.name, ben.extension) == (BEN, "First1 Sur1", "")
    assert ann.details == (("roles", "CC Agent"), ("groups", "HelpDesk"))
    assert ben.details == (("roles", "CC Agent, CC Boss"),)
    assert {row.state for row in (ann, ben)} == {AgentState.UNKNOWN}
    assert {row.no_state for row in (ann, ben)} == {"RCI tells no states"}


async def test_people_without_a_filter_for_numbers() -> None:
    vendor = Server()
    plain = [{"id": ANN, "firstName": "Ann"}]
    vendor.answers["GET /users"] = lambda request: (
        httpx.Response(400) if "phone" in request.url.params else httpx.Response(200, json=plain)
    )
    assert [row.name for row in await agents(adapter(vendor))] == ["Ann"]
    told = [{"id": ANN, "firstName": "Ann", "phone": "1"}]
    vendor.answers["GET /users"] = lambda request: httpx.Response(200, json=told)
    vendor.requests.clear()
    assert [row.extension for row in await agents(adapter(vendor))] == ["1"]
    assert len(vendor.requests) == 1


# ---- notices -----------------------------------------------------------------------------------------------------


async def test_each_set_is_a_scope_asked_three_questions() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = adapter(vendor)
    assert [each.scope for each in source.feeds() if each.resource is Resource.NOTICES] == ["discovery"]
    await discovered(source)
    feeds = [each for each in source.feeds() if each.resource is Resource.NOTICES]
    assert [(each.scope, each.interval, each.hidden_interval) for each in feeds[1:]] == [
        (POWER, 60.0, 60.0),
        (WATER, 60.0, 60.0),
    ]
    vendor.requests.clear()
    (row,) = await notices(source)
    where = f"/disruptionSets/{POWER}/events"
    assert vendor.asked() == [
        f"{where}?active=true",
        f"{where}?activeFrom=2024-02-03T02%3A40%3A00.000Z",
        f"{where}?activeTo=2026-02-01T02%3A40%3A00.000Z",
    ]
    assert (row.set, row.title, row.why, row.where, row.when) == (
        "electricity", "Service · 00100", "Service", "00100", "",
    )  # fmt: skip
    assert row.remarks == "Fibre cut ·"
    assert (row.active_from, row.active_to) == (vendor.clock.now() - 7200, None)
    assert await notices(source, WATER) == []


async def test_what_is_active_comes_later_or_ended_today_is_shown() -> None:
    vendor = Server()
    hour = 3600.0
    times = {
        1: (None, None),
        2: (-hour, None),
        3: (-hour, hour),
        4: (hour, None),
        5: (hour, 2 * hour),
        6: (-3 * hour, -2 * hour),
        7: (-50 * hour, -25 * hour),
    }
    vendor.events[POWER] = [
        vendor.event(
            guid(number),
            activeFrom=None if begins is None else vendor.iso(begins),
            activeTo=None if ends is None else vendor.iso(ends),
        )
        for number, (begins, ends) in times.items()
    ]
    source = await discovered(adapter(vendor))
    assert {int(row.key.id, 16) for row in await notices(source)} == {1, 2, 3, 4, 5, 6}
    # A vendor that does not know the filters changes nothing.
    vendor.answers[f"GET /disruptionSets/{POWER}/events"] = lambda request: httpx.Response(
        200, json=vendor.events[POWER]
    )
    assert {int(row.key.id, 16) for row in await notices(source)} == {1, 2, 3, 4, 5, 6}


async def test_a_set_that_fails_dims_no_other() -> None:
    vendor = Server()
    vendor.events[WATER] = [vendor.event()]
    vendor.answers[f"GET /disruptionSets/{POWER}/events"] = refuse(500)
    vendor.answers[f"GET /disruptionSets/{POWER}/items"] = refuse(403)
    source = await discovered(adapter(vendor))
    with pytest.raises(ServerTrouble):
        await notices(source, POWER)
    assert [row.key.id for row in await notices(source, WATER)] == [NOTICE]


async def test_an_item_that_the_list_does_not_hold_is_read_once() -> None:
    vendor = Server()
    vendor.events[POWER] = [
        vendor.event(items={"item": {"id": dashed(SUOMI), "type": "WHY"}}),
        vendor.event(guid(5), items=[{"id": guid(0xDEAD), "type": "WHY", "externalId": "77"}]),
    ]
    vendor.answers[f"GET /disruptionSets/{POWER}/items/{SUOMI}"] = lambda request: httpx.Response(
        200, json={"id": SUOMI, "name": "Flood", "type": "WHY"}
    )
    source = await discovered(adapter(vendor))
    for _ in range(2):
        assert {row.why for row in await notices(source)} == {"Flood", "77"}
    assert len([path for path in vendor.asked() if "/items/" in path]) == 2


async def test_no_sets_is_a_state_too() -> None:
    vendor = Server()
    vendor.sets = []
    source = adapter(vendor)
    assert source.can(Verb.PUBLISH, None).reason == "the disruption sets are not read yet"
    await discovered(source)
    assert source.can(Verb.PUBLISH, None).reason == "there is no disruption set"
    assert source.forms(Verb.PUBLISH, None) == ()


async def test_a_notice_without_an_end_stays_where_the_vendor_does_not_count_it_as_active() -> None:
    vendor = Server()
    open_ended = vendor.event(activeFrom=vendor.iso(-300 * 86_400), activeTo=None)
    vendor.events[POWER] = [open_ended]
    path = f"/disruptionSets/{POWER}/events"

    def with_both_ends(request: httpx.Request) -> httpx.Response:
        begun = request.url.params.get("activeFrom", "9")
        return httpx.Response(200, json=[open_ended] if begun < open_ended["activeFrom"] else [])

    vendor.answers[f"GET {path}"] = with_both_ends
    source = await discovered(adapter(vendor))
    (row,) = await notices(source)
    assert (row.active_from, row.active_to) == (vendor.clock.now() - 300 * 86_400, None)


async def test_the_vendors_clock_is_what_counts() -> None:
    vendor = Server()
    ahead = 300.0

    vendor.ahead = ahead
    vendor.events[POWER] = [vendor.event(activeFrom=vendor.iso())]
    source = await discovered(adapter(vendor))
    (row,) = await notices(source)
    assert row.active_from == vendor.clock.now()
    assert source.info().clock_offset == ahead


@pytest.mark.parametrize("seems", [-3.9, -1.0, 1.9, 4.5])
async def test_what_measuring_explains_does_not_move_a_notice(seems: float) -> None:
    vendor = Server()
    vendor.ahead = seems
    vendor.events[POWER] = [vendor.event(activeFrom="2026-02-02T00:00:00Z", activeTo="2099-01-01T00:00:00Z")]
    source = await discovered(adapter(vendor))
    (row,) = await notices(source)
    assert row.active_from == datetime(2026, 2, 2, tzinfo=UTC).timestamp()
    assert row.active_to == datetime(2099, 1, 1, tzinfo=UTC).timestamp()
    assert source.info().clock_offset == pytest.approx(seems, abs=1.0)


async def test_what_is_up_can_be_ended_where_no_items_may_be_read() -> None:
    vendor = Server()
    for disruption_set in (POWER, WATER):
        vendor.answers[f"GET /disruptionSets/{disruption_set}/items"] = refuse(403)
    lines = {line.name: line for line in await adapter(vendor).check()}
    assert {name: lines[name].ok for name in ("notices", "items", "publish", "change", "close")} == {
        "notices": True, "items": False, "publish": False, "change": None, "close": None,
    }  # fmt: skip


# ---- one row, and on demand --------------------------------------------------------------------------------------


async def first(source: SinchAdapter, resource: Resource, scope: str = "") -> Row:
    return (await rows(source, resource, scope))[0]


async def test_reading_one_row_again() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = await discovered(adapter(vendor))
    found = [
        await first(source, Resource.QUEUES),
        await first(source, Resource.AGENTS),
        await first(source, Resource.NOTICES, POWER),
    ]
    vendor.requests.clear()
    again = [await source.refresh(row) for row in found]
    assert vendor.asked() == [f"/queues/{SALES}", f"/users/{ANN}", f"/disruptionSets/{POWER}/events/{NOTICE}"]
    assert again[0] == found[0]
    assert again[2] == found[2]
    assert isinstance(again[1], Agent)
    assert (again[1].name, again[1].extension) == ("First0 Sur0", "7001")
    vendor.queues, vendor.users, vendor.events[POWER] = [], [], []
    assert [await source.refresh(row) for row in found] == [None, None, None]
    with pytest.raises(NotPermitted):
        await source.refresh(Call(Key("cc", Kind.CALL, "1")))


async def test_who_may_not_read_all_users_reads_those_of_a_role_or_group() -> None:
    vendor = Server()
    source = await discovered(adapter(vendor))
    found = [await first(source, Resource.AGENTS), (await queues(source))[1]]
    vendor.answers[f"GET /users/{ANN}"] = refuse(403)
    vendor.answers[f"GET /queues/{HELP}"] = refuse(403)
    assert [row.key.id for row in [await source.refresh(each) for each in found] if row is not None] == [ANN, HELP]
    vendor.answers[f"GET /roles/{vendor.roles[0]['id']}/users/{ANN}"] = refuse(403)
    vendor.requests.clear()
    assert await source.refresh(found[0]) is not None
    assert vendor.asked()[-1] == f"/userGroups/{DESK}/users/{ANN}"
    vendor.answers[f"GET /queueGroups/{GROUP}/queues/{HELP}"] = refuse(403)
    with pytest.raises(NotPermitted):
        await source.refresh(found[1])


async def sheets(source: SinchAdapter, row: Row) -> dict[str, Sheet]:
    reports = source.reports(row)
    assert len({report.id for report in reports}) == len(reports)
    return {report.id: await report.read() for report in reports}


async def test_reports_of_an_agent() -> None:
    vendor = Server()
    vendor.user_skills[ANN].append({"id": SUOMI, "value": 3})
    vendor.answers[f"GET /users/{ANN}/skills/{SUOMI}"] = lambda request: httpx.Response(200, json={"id": SUOMI})
    vendor.answers[f"GET /skills/{SUOMI}"] = lambda request: httpx.Response(
        200, json={"id": SUOMI, "name": "Suomi\x1b", "description": "Finnish"}
    )
    source = await discovered(adapter(vendor))
    found = await sheets(source, await first(source, Resource.AGENTS))
    record = {str(name): value for name, value in found["record"].rows}
    assert (record["login"], record["external id"], record["phone"]) == ("ann", "A1", "7001")
    assert record["e-mail"] == record["chat"] == "ann@example.com"
    assert found["roles"].rows == (("CC Agent", "takes calls"),)
    assert found["groups"].rows == (("HelpDesk", "yes"),)
    assert found["skills"].rows == (
        ("English", "5", "English language"),
        ("Suomi·", "3", "Finnish"),
        ("Deutsch", "2", "German language"),
    )
    assert found["profiles"].rows == (("Lunch", "NONE"),)
    assert PASSWORD not in str(found)


async def test_reports_of_a_queue() -> None:
    vendor = Server()
    source = await discovered(adapter(vendor))
    _, helpdesk, chat, _ = await queues(source)
    found = await sheets(source, helpdesk)
    assert found["addresses"].rows == (("101", "–", "–"), ("102", "FI", "3"))
    assert found["groups"].rows == (("Front", "first contact"),)
    assert found["ivrs"].rows == (("Menu", "yes", "243, 234", "–"),)
    assert set(await sheets(source, chat)) == {"addresses", "groups"}


async def test_reports_of_a_notice() -> None:
    vendor = Server()
    vendor.events[POWER] = [
        vendor.event(items={"item": [{"id": TODAY}, {"externalId": "9", "type": "WHY"}]}),
        vendor.event(guid(5), created=vendor.iso(-86_400), activeTo=vendor.iso(-80_000), remarks="old"),
        vendor.event(guid(6), created=vendor.iso(-40 * 86_400), remarks="older"),
    ]
    source = await discovered(adapter(vendor))
    row = next(row for row in await notices(source) if row.key.id == NOTICE)
    found = await sheets(source, row)
    assert found["items"].rows == (("WHEN", "today", "–", "14", "WHEN_14"), ("WHY", "–", "–", "9", "–"))
    assert [cells[4] for cells in found["set"].rows] == ["Fibre cut ·", "old"]
    assert found["set"].note == "set electricity set1, last 30 days"


async def test_a_report_shows_what_it_has_and_says_what_is_missing() -> None:
    vendor = Server()
    vendor.answers[f"GET /users/{ANN}/roles/{vendor.roles[0]['id']}"] = refuse(500)
    vendor.user_skills[ANN] = [{"id": guid(0xE000 + number), "value": 1} for number in range(30)]
    source = await discovered(adapter(vendor))
    found = {report.id: report for report in source.reports(await first(source, Resource.AGENTS))}
    roles = await found["roles"].read()
    assert roles.rows == (("CC Agent", "–"),)
    assert roles.note == "1 could not be read in full: vendor answered 500"
    skills = await found["skills"].read()
    assert len(skills.rows) == 30
    assert skills.note.startswith("5 more in short only; 25 could not be read in full")
    vendor.answers[f"GET /users/{ANN}/roles"] = refuse(403)
    with pytest.raises(NotPermitted):
        await found["roles"].read()


# ---- the account -------------------------------------------------------------------------------------------------


async def test_check_tells_each_right() -> None:
    vendor = Server()
    vendor.answers["GET /skills"] = refuse(403)
    vendor.answers["GET /customIvrs"] = refuse(500)
    lines = {line.name: line for line in await adapter(vendor).check()}
    assert {name: line.ok for name, line in lines.items()} == {
        "reach": True,
        "sign-in": True,
        "queues": True,
        "users": True,
        "disruption sets": True,
        "queue groups": True,
        "roles": True,
        "user groups": True,
        "skills": False,
        "presence profiles": True,
        "IVRs": False,
        "notices": True,
        "publish": None,
        "change": None,
        "close": None,
        "clock": None,
        "budget": None,
    }
    assert lines["skills"].right, "what the account may not do is no failure"
    assert lines["skills"].text == "not permitted for this account: names of skills will be missing"
    assert lines["notices"].text == "2 sets; the first has 0 active, 4 items"
    assert vendor.asked("PUT") == vendor.asked("POST") == vendor.asked("DELETE") == []


async def test_what_rci_cannot_do_is_refused_without_a_request() -> None:
    vendor = Server()
    vendor.events[POWER] = [vendor.event()]
    source = await discovered(adapter(vendor))
    row = (await notices(source))[0]
    vendor.requests.clear()
    for verb in set(Verb) - {Verb.PUBLISH, Verb.CHANGE, Verb.CLOSE}:
        assert source.can(verb, row).reason == "RCI is for configuration: no calls and no states"
        assert source.verification(command(verb, row), row).cannot
        assert source.forms(verb, row) == ()
    assert source.can_dial(Destination("8100")).reason == "RCI places no calls"
    assert source.can(Verb.CLOSE, Agent(Key("cc", Kind.AGENT, ANN), clean("Ann"))).reason == "not for this row"
    assert {row.verb for row in source.table()} == {Verb.PUBLISH, Verb.CHANGE, Verb.CLOSE}
    assert source.reports(Call(Key("cc", Kind.CALL, "1"))) == ()
    assert vendor.requests == []
    assert source.info().phone == ""


async def test_intervals_are_the_configs() -> None:
    vendor = Server()
    source = await discovered(adapter(vendor, every={"queues": 30, "notices": 20}))
    before = {(each.resource, each.scope): each.interval for each in source.feeds()}
    assert before[Resource.AGENTS, ""] == 60
    await agents(source)
    intervals = {(each.resource, each.scope): each.interval for each in source.feeds()}
    assert intervals[Resource.QUEUES, ""] == 30
    assert intervals[Resource.AGENTS, ""] == 900
    assert intervals[Resource.NOTICES, POWER] == 20


def test_a_zone_that_does_not_exist_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="there is no time zone 'Mars/Base'"):
        adapter(Server(), timezone="Mars/Base")
