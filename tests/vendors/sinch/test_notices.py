"""What is sent to publish, change and end a notice."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from wallboard.domain.errors import NotSent
from wallboard.domain.forms import Form
from wallboard.vendors.sinch import mapping, notices
from wallboard.vendors.sinch.wire import EventWire, ItemWire, NamedWire

NOW = 1_772_440_000.0  # 2026-03-02T08:26:40Z
HELSINKI = ZoneInfo("Europe/Helsinki")
SET = "14E14D7338C44EA5904A1E18180186FF"
EVENT = "C21269BEA18B4146A219202DD8966FFA"
WHY, STORM, WHERE, CREW = "A" * 32, "B" * 32, "C" * 32, "D" * 32
ITEMS = {
    wire.id: wire
    for wire in (
        ItemWire.model_validate(each)
        for each in (
            {"id": WHY, "type": "WHY", "name": "Service", "externalId": "55"},
            {"id": STORM, "type": "why", "name": "Storm"},
            {"id": WHERE, "type": "WHERE", "name": "00100", "description": "Helsinki"},
            {"id": CREW, "type": "WHO", "name": "crew"},
            {"id": "has blank", "type": "WHY", "name": "cannot be chosen"},
        )
    )
}
FRESH: dict[str, Any] = {
    "id": "c21269be-a18b-4146-a219-202dd8966ffa",
    "created": "2026-02-11T06:00:00Z",
    "modified": "2026-02-11T06:05:10.120Z",
    "activefrom": "2026-02-11T06:00:30.500Z",
    "activeTo": "2026-09-01T00:00:00Z",
    "remarks": "Fibre\tcut \u202e",
    "items": {
        "item": [
            {"id": WHY.lower(), "externalid": "55", "type": "WHY", "weight": 1.5},
            {"externalId": "odd one", "type": "WHY"},
            {"id": CREW},
        ]
    },
    "costCentre": {"code": 9007199254740993, "shares": [0.1, None]},
}


def known() -> mapping.Known:
    found = mapping.Known("cc")
    found.items[SET] = dict(ITEMS)
    return found


def form_of(fresh: dict[str, Any], zone: ZoneInfo = HELSINKI) -> Form:
    row = mapping.notice(EventWire.model_validate(fresh), SET, known())
    return notices.change_form(row, ITEMS, zone.key, zone)


def change(fresh: dict[str, Any], **values: str) -> dict[str, Any]:
    form = form_of(fresh)
    given = [(name.rstrip("_"), value) for name, value in values.items()]
    return notices.changed(form, notices.values_of(form, given), fresh, ITEMS, HELSINKI, NOW)


def test_a_form_is_filled_with_what_stands_there() -> None:
    form = form_of(FRESH)
    assert form.zone == "Europe/Helsinki"
    assert form.id == f"change:{SET}:{EVENT}:2026-02-11T06:05:10.120Z"
    assert {field.name: field.value for field in form.fields} == {
        "why": WHY,
        "where": "",
        "when": "",
        "other": CREW,
        "from": "2026-02-11 08:00",
        "to": "2026-09-01 03:00",
        "remarks": "Fibre cut ·",
    }
    assert form.problems({}) == []


def test_a_form_offers_each_item_once_under_its_type() -> None:
    form = notices.publish_form(NamedWire.model_validate({"id": SET, "name": "electricity"}), ITEMS, "UTC")
    offered = {field.name: [(option.value, option.text) for option in field.options] for field in form.fields[:4]}
    assert offered == {
        "why": [(WHY, "Service"), (STORM, "Storm")],
        "where": [(WHERE, "00100: Helsinki")],
        "when": [],
        "other": [(CREW, "crew")],
    }
    assert form.id == f"publish:{SET}"


def test_one_field_changes_and_all_else_goes_back_byte_for_byte() -> None:
    body = change(FRESH, where=WHERE)
    assert body == {
        "id": EVENT,
        "activefrom": "2026-02-11T06:00:30.500Z",
        "activeTo": "2026-09-01T00:00:00Z",
        "remarks": "Fibre\tcut \u202e",
        "items": {
            "item": [
                {"id": WHY, "externalid": "55", "type": "WHY", "weight": 1.5},
                {"externalId": "odd one", "type": "WHY"},
                {"id": CREW},
                {"id": WHERE},
            ]
        },
        "costCentre": {"code": 9007199254740993, "shares": [0.1, None]},
    }


def test_the_order_of_choices_is_no_change() -> None:
    both = FRESH | {"items": {"item": [{"id": WHY}, {"id": STORM}]}}
    with pytest.raises(NotSent, match="nothing was changed"):
        change(both, why=f"{STORM} {WHY}")


def test_items_are_exchanged_without_touching_the_others() -> None:
    items = change(FRESH, why=STORM)["items"]["item"]
    assert items == [{"externalId": "odd one", "type": "WHY"}, {"id": CREW}, {"id": STORM}]


@pytest.mark.parametrize("items", [[{"id": WHY}], {"item": {"id": WHY}}, {"id": WHY, "type": "WHY"}])
def test_items_are_written_in_the_wrapping_of_a_request(items: object) -> None:
    assert change(FRESH | {"items": items}, remarks="x")["items"] == {
        "item": [{"id": WHY} | ({"type": "WHY"} if isinstance(items, dict) and "type" in items else {})]
    }


@pytest.mark.parametrize(
    ("values", "changed"),
    [
        ({"to": "2026-03-05 09:30"}, {"activeTo": "2026-03-05T07:30:00.000Z"}),
        ({"to": "2026-07-05 09:30"}, {"activeTo": "2026-07-05T06:30:00.000Z"}),
        ({"to": ""}, {"activeTo": None}),
        ({"from_": ""}, {"activeFrom": "2026-03-02T08:26:40.000Z", "activefrom": None}),
        ({"from_": "2026-02-12 08:00"}, {"activeFrom": "2026-02-12T06:00:00.000Z", "activefrom": None}),
        ({"remarks": "new"}, {"remarks": "new"}),
        ({"remarks": ""}, {"remarks": ""}),
    ],
)
def test_moments_are_sent_in_utc_and_an_emptied_end_is_left_out(
    values: dict[str, str], changed: dict[str, str | None]
) -> None:
    expected = notices.whole(FRESH) | changed
    assert change(FRESH, **values) == {name: value for name, value in expected.items() if value is not None}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "nothing was changed"),
        ({"to": "2026-02-11 08:00"}, "Until must be later than From"),
        ({"to": "tomorrow"}, "Until: write it as 2026-03-02 08:00"),
        ({"to": "2026-03-29 03:30"}, "does not exist there"),
        ({"why": "nonsense"}, "Why: 'nonsense' is not one of the choices"),
        ({"why": "", "other": ""}, "choose at least one of Why, Where, When"),
        ({"remarks": "x" * 1001}, "at most 1000 characters, this is 1 too long"),
    ],
)
def test_what_cannot_be_sent_says_so(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(NotSent, match=r"^nothing sent: ") as caught:
        change(FRESH, **values)
    assert sentence in str(caught.value)


def test_an_event_without_its_items_is_not_written() -> None:
    without: dict[str, Any] = {name: value for name, value in FRESH.items() if name != "items"}
    for fresh in (without, FRESH | {"items": None}, FRESH | {"items": ""}):
        with pytest.raises(NotSent, match="writing without would lose them"):
            notices.ended(fresh, NOW)
    assert notices.ended(FRESH | {"items": []}, NOW)["items"] == {"item": []}


def publish(**values: str) -> dict[str, Any]:
    form = notices.publish_form(NamedWire.model_validate({"id": SET}), ITEMS, HELSINKI.key)
    given = [(name.rstrip("_"), value) for name, value in values.items()]
    return notices.published(notices.values_of(form, given), HELSINKI, NOW)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "choose at least one"),
        ({"why": WHY, "to": "2026-03-02 10:26"}, "Until must be later than From"),
        ({"why": WHY, "from_": "2026-03-01 08:00", "to": "2026-03-02 10:26"}, "Until is over already"),
        ({"why": WHY, "from_": "2026-03-29 03:30"}, "does not exist there"),
    ],
)
def test_a_notice_that_makes_no_sense_is_not_published(values: dict[str, str], sentence: str) -> None:
    with pytest.raises(NotSent) as caught:
        publish(**values)
    assert sentence in str(caught.value)


def test_moments_survive_the_way_there_and_back() -> None:
    for text in ("2026-01-15 12:00", "2026-07-15 12:00", "2026-10-25 03:30", "1999-12-31 23:59"):
        at = notices.instant_of(text, HELSINKI)
        assert at is not None
        assert notices.written_moment(notices.iso(at), HELSINKI) == text
    assert notices.instant_of("2026-03-29 03:30", HELSINKI) is None
    assert notices.instant_of("", HELSINKI) is None
    assert notices.written_moment("never", UTC) == ""


EXTRA = st.dictionaries(
    st.text("abcXYZ", min_size=1, max_size=5),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner)),
    max_size=4,
)


@settings(max_examples=40)
@examples(EXTRA, st.text(max_size=40), st.lists(st.sampled_from([WHY, STORM, WHERE, CREW, "E" * 32]), min_size=1))
def test_whatever_an_event_holds_survives_a_change_of_its_end(
    extra: dict[str, Any], remarks: str, chosen: list[str]
) -> None:
    fresh = {**extra, "id": EVENT, "remarks": remarks, "items": {"item": [{"id": name, "n": 1} for name in chosen]}}
    body = change(fresh, to="2026-12-01 08:00")
    assert body.pop("activeTo") == "2026-12-01T06:00:00.000Z"
    assert body == fresh
