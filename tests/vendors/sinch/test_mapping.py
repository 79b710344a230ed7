"""What RCI says, as rows."""

from __future__ import annotations

from typing import Any

import pytest

from wallboard.domain.states import Channel
from wallboard.vendors.sinch import mapping
from wallboard.vendors.sinch.wire import EventWire, ExtensionWire, ItemWire, NamedWire, QueueWire, UserWire

NOW = 1_772_440_000.0  # 2026-03-02T08:26:40Z
ID = "B8F0CA9CFC0411D3A2230050DA29E0F4"
SET = "14E14D7338C44EA5904A1E18180186FF"
WHY, WHERE = "4207972208924A96816382C5E1BFD686", "8207972208924A96816382C5E18FD686"


def known() -> mapping.Known:
    found = mapping.Known("cc")
    found.sets[SET] = NamedWire.model_validate({"id": SET, "name": "electricity", "externalId": "set1"})
    found.items[SET] = {
        WHY: ItemWire.model_validate({"id": WHY, "type": "why", "name": "Service", "externalId": "05"}),
        WHERE: ItemWire.model_validate({"id": WHERE, "type": "WHERE", "description": "Helsinki1"}),
    }
    return found


def queue(**fields: Any) -> Any:
    return mapping.queue(QueueWire.model_validate({"id": ID, **fields}), known())


@pytest.mark.parametrize(
    ("kind", "addresses", "channel", "number"),
    [
        ("Phone", ["100"], Channel.PHONE, "100"),
        ("phone", ["sip:x@example.com", "+49 241 55660"], Channel.PHONE, "+49 241 55660"),
        ("CHAT", ["rci.chat@company.com"], Channel.CHAT, ""),
        ("Email", ["rci.email@company.com"], Channel.EMAIL, ""),
        ("e-Mail", [], Channel.EMAIL, ""),
        # Neither a part of the word nor the addresses say what it is.
        ("", ["100"], None, ""),
        ("Hologram", ["someone@example.com"], None, ""),
        ("Webchat", ["100"], None, ""),
        ("phone booth", ["100"], None, ""),
        ("no phone", ["100"], None, ""),
    ],
)
def test_channels_and_numbers(kind: str, addresses: list[str], channel: Channel | None, number: str) -> None:
    row = queue(type=kind, addresses={"address": addresses})
    assert (row.channel, row.number) == (channel, number)
    assert dict(row.details).get("type", "") == kind
    assert set(row.addresses) == set(addresses)


def test_the_words_of_a_source_name_further_types() -> None:
    about = mapping.Known("cc", mapping.channels({"WhatsApp": "chat"}))
    row = mapping.queue(QueueWire.model_validate({"id": ID, "type": "whatsapp"}), about)
    assert row.channel is Channel.CHAT


def test_addresses_come_from_both_lists_numbers_first_each_once() -> None:
    about = known()
    about.extensions[ID] = tuple(
        ExtensionWire.model_validate(each)
        for each in ({"id": "1", "address": "101"}, {"id": "2", "name": "102", "language": "FI"}, {"id": "3"})
    )
    wire = QueueWire.model_validate({"id": ID, "type": "Phone", "addresses": ["a@example.com", "101"]})
    row = mapping.queue(wire, about)
    assert row.addresses == ("101", "102", "a@example.com")
    assert ("languages", "102 FI") in row.details


def test_who_has_no_name_is_named_by_what_there_is() -> None:
    rows = [
        mapping.agent(UserWire.model_validate({"id": ID, **more}), known())
        for more in ({"chatName": "Johnny"}, {"login": "j.fox"}, {})
    ]
    assert [row.name for row in rows] == ["Johnny", "j.fox", ID]


def event(**fields: Any) -> EventWire:
    return EventWire.model_validate({"id": "C21269BEA18B4146A219202DD8966FFA", **fields})


def test_a_notice_says_why_where_and_when() -> None:
    wire = event(
        created="2026-02-11T06:00:00Z",
        modified="2026-02-11T06:05:10.120Z",
        activeFrom="2026-02-11T06:00:00.000Z",
        remarks="Fibre cut",
        items={
            "item": [
                {"id": WHY},
                {"externalid": "05", "type": "WHY"},
                {"id": WHERE, "type": "WHERE"},
                {"externalId": "14", "type": "WHEN"},
                {"externalId": "9", "type": "who"},
            ]
        },
    )
    row = mapping.notice(wire, SET, known())
    assert (row.set, row.why, row.where, row.when) == ("electricity", "Service, Service", "Helsinki1", "14")
    assert (row.title, row.remarks) == ("Service · Helsinki1", "Fibre cut")
    assert (row.active_from, row.active_to) == (1_770_789_600.0, None)
    assert ("other", "who: 9") in row.details
    assert ("created", "2026-02-11T06:00:00Z") in row.details
    # By external id alone it is the same item.
    assert mapping.items_of(row.address) == {WHY: "WHY", WHERE: "WHERE", "WHEN/14": "WHEN", "WHO/9": "WHO"}


@pytest.mark.parametrize(
    ("begins", "ends", "shown"),
    [
        ("", "", True),
        ("2026-03-01T00:00:00Z", "", True),
        ("2026-09-01T00:00:00Z", "", True),
        ("2026-03-01T00:00:00Z", "2026-03-01T08:26:41Z", True),
        ("2026-03-01T00:00:00Z", "2026-03-01T08:26:39Z", False),
        ("2021-01-06T13:29:34.580Z", "2021-01-08T13:29:34.580Z", False),
    ],
)
def test_the_window_is_what_is_or_comes_and_a_day_of_what_was(begins: str, ends: str, shown: bool) -> None:
    rows = mapping.notices([event(activeFrom=begins, activeTo=ends)], SET, known(), NOW)
    assert bool(rows) is shown


def test_of_two_versions_of_an_event_the_one_that_is_not_over_counts() -> None:
    over = event(created="2026-03-02T08:00:00Z", activeTo="2026-03-02T08:20:00Z", remarks="over")
    still = event(created="2026-03-01T08:00:00Z", remarks="still")
    for order in ([over, still], [still, over]):
        (row,) = mapping.notices(order, SET, known(), NOW)
        assert row.remarks == "still"
