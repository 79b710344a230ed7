"""RCI's answers in every shape in which they come."""

from __future__ import annotations

from typing import Any

import pytest

from wallboard.vendors.sinch.wire import (
    EventWire,
    ExtensionWire,
    ItemWire,
    NamedWire,
    UserWire,
    canonical,
    guid,
    rows,
    unwrapped,
)

ID = "2CADB6A137124F13BC68938E2B5FEFC1"
DASHED = "2cadb6a1-3712-4f13-bc68-938e2b5fefc1"


@pytest.mark.parametrize("text", [ID, DASHED, DASHED.upper(), f" {ID.lower()}\n", f'"{ID}"', f"{{{DASHED}}}"])
def test_a_guid_has_one_spelling(text: str) -> None:
    assert canonical(text) == ID


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("Europe/Helsinki", "Europe/Helsinki"),
        (17, "17"),
        (True, ""),
        (None, ""),
        ([ID], ""),
        (1.5, ""),
        ("x" * 201, ""),
    ],
)
def test_other_ids_stay_as_they_are(value: object, spelled: str) -> None:
    assert canonical(value) == spelled


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (ID, ID),
        (f"<html><body>{DASHED}</body></html>", ID),
        (f"created {ID}.", ID),
        (f"{ID} {ID[::-1]}", ""),
        (f"{ID} {DASHED}", ID),
        (f"{ID}0", ""),
        (ID[:-1], ""),
        ("", ""),
    ],
)
def test_the_one_guid_of_a_text(text: str, found: str) -> None:
    assert guid(text) == found


@pytest.mark.parametrize(
    ("value", "elements"),
    [
        (None, []),
        ("", []),
        ({}, []),
        ([], []),
        ({"item": None}, []),
        ({"item": ""}, []),
        ([{"id": 1}, {"id": 2}], [{"id": 1}, {"id": 2}]),
        ({"item": [{"id": 1}, {"id": 2}]}, [{"id": 1}, {"id": 2}]),
        ({"item": {"id": 1}}, [{"id": 1}]),
        ({"id": 1}, [{"id": 1}]),
        ({"ID": 1}, [{"ID": 1}]),
        ({"type": "WHY", "externalid": "05"}, [{"type": "WHY", "externalid": "05"}]),
        ([{"item": {"id": 1}}, {"item": {"id": 2}}], [{"id": 1}, {"id": 2}]),
        ([None, {"id": 1}], [{"id": 1}]),
        ({"items": {"item": [{"id": 1}]}}, [{"id": 1}]),
        ({"address": ["100", "101"]}, ["100", "101"]),
        ({"address": "100"}, ["100"]),
        ("100", ["100"]),
        (["100"], ["100"]),
    ],
)
def test_a_list_in_any_wrapping(value: object, elements: list[object]) -> None:
    assert unwrapped(value) == elements


def test_names_are_compared_without_case_and_null_is_absent() -> None:
    item = ItemWire.model_validate({"ID": DASHED, "externalid": "00100", "externalId": None, "TYPE": "where"})
    assert (item.id, item.external_id, item.kind) == (ID, "00100", "WHERE")
    user = UserWire.model_validate({"id": ID, "FirstName": "Ann", "phone": None, "timezone": "Europe/Helsinki"})
    assert (user.first_name, user.phone, user.time_zone) == ("Ann", "", "Europe/Helsinki")


@pytest.mark.parametrize(
    ("data", "address", "language"),
    [
        ({"address": "101"}, "101", ""),
        ({"name": "102", "language": "EN"}, "102", "EN"),
        ({"address": None, "name": 103, "langauge": "FI"}, "103", "FI"),
        ({"address": "1", "name": "2"}, "1", ""),
    ],
)
def test_an_address_is_called_address_or_name(data: dict[str, Any], address: str, language: str) -> None:
    wire = ExtensionWire.model_validate({"id": ID, **data})
    assert (wire.address, wire.language) == (address, language)


@pytest.mark.parametrize(
    "items",
    [
        {"item": [{"id": ID, "type": "WHY"}]},
        {"item": {"id": DASHED, "type": "WHY"}},
        [{"id": ID, "type": "WHY"}],
        {"id": ID, "type": "WHY"},
    ],
)
def test_the_items_of_an_event_in_any_wrapping(items: object) -> None:
    (item,) = EventWire.model_validate({"id": ID, "items": items}).items
    assert (item.id, item.kind) == (ID, "WHY")


def test_items_by_external_id_or_as_bare_ids() -> None:
    event = EventWire.model_validate({"id": ID, "items": {"item": [{"externalId": "05", "type": "WHY"}, ID, {"x": 1}]}})
    assert [(item.id, item.external_id) for item in event.items] == [("", "05"), (ID, "")]


def test_the_same_event_twice_is_once_and_two_versions_are_two() -> None:
    """The sample of the document lists one id twice, with different `created`."""
    sample = [
        {"id": ID, "created": "2020-12-29T12:01:00.000Z"},
        {"id": DASHED, "created": "2020-12-29T12:01:00.000Z"},
        {"id": ID, "created": "2020-12-28T12:01:00.000Z"},
    ]
    assert len(rows(sample, EventWire, "events")[0]) == 2
    assert len(rows(sample, NamedWire, "sets")[0]) == 1


def test_unknown_fields_of_an_event_are_kept() -> None:
    event = EventWire.model_validate({"id": ID, "costCentre": {"code": 9007199254740993}, "activeTo": None})
    assert event.model_extra == {"costcentre": {"code": 9007199254740993}}
    assert event.active_to == ""
