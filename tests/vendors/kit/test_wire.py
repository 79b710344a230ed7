"""Values and lists in every form that a vendor was seen to send."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.errors import BadAnswer
from wallboard.vendors.kit.lists import listed, lost, used
from wallboard.vendors.kit.wire import (
    Count,
    Identified,
    Switch,
    Text,
    Wire,
    count,
    identity,
    instant,
    number,
    objects,
    one,
    raw_object,
    switch,
    text,
)

NOW = 1_772_439_247.0  # 2026-03-02T08:14:07Z


class Thing(Identified):
    name: Text = ""
    waiting: Count = None
    active: Switch = None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-03-02 08:14:07", NOW),
        ("2026-03-02 08:14:07.50", NOW + 0.5),
        ("2026-03-02T08:14:07Z", NOW),
        ("2026-03-02T12:14:07+04:00", NOW),
        (NOW, NOW),
        (int(NOW) * 1000, NOW),
        (str(int(NOW)), NOW),
        (f" {int(NOW)}000 ", NOW),
        (int(NOW) * 1_000_000, NOW),
        ("yesterday", None),
        ("", None),
        (None, None),
        (True, None),
        (0, None),
        ("0000-00-00 00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("9" * 30, None),
        (float("inf"), None),
        (10**400, None),
        ([NOW], None),
    ],
)
def test_times_in_every_form_that_was_seen(value: object, seconds: float | None) -> None:
    assert instant(value) == seconds


def test_a_naive_time_is_read_in_the_sources_zone_and_on_its_clock() -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert instant("2026-03-02 09:14:07", zone) == NOW
    assert instant("2026-07-02 10:14:07", zone) == instant("2026-07-02 08:14:07"), "summer"
    assert instant("2026-03-02T09:14:07", zone, ahead=3.0) == NOW - 3


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (7, "7"),
        ("7", "7"),
        (7.0, "7"),
        (" 7 ", "7"),
        ("a-b", "a-b"),
        (None, ""),
        ("None", ""),
        (True, ""),
        (7.5, ""),
        ("a\nb", ""),
        (float("nan"), ""),
        ("x" * 513, ""),
        (1 << 300, ""),
    ],
)
def test_ids_of_any_type_are_one_id(value: object, found: str) -> None:
    assert identity(value) == found


@pytest.mark.parametrize(("value", "found"), [(" a ", " a "), (12, "12"), (1.5, "1.5"), (True, ""), ([], "")])
def test_text_stays_as_it_came(value: object, found: str) -> None:
    assert text(value) == found


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        ("3", 3),
        (3.9, 3),
        (-1, None),
        ("-1", None),
        ("x", None),
        ("", None),
        (None, None),
        (True, None),
        (2**63, None),
        ("1e308", None),
        ("nan", None),
    ],
)
def test_counts_are_numbers_or_unknown(value: object, number: int | None) -> None:
    assert count(value) == number


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, True),
        ("false", False),
        ("1", True),
        ("Yes", True),
        (0, False),
        ("maybe", None),
        (None, None),
        (7, None),
        (0.5, None),
        (1.0, True),
        ([], None),
    ],
)
def test_flags_may_come_as_words(value: object, said: bool | None) -> None:
    assert switch(value) is said


@pytest.mark.parametrize(
    ("data", "items", "total"),
    [
        ({"hotlines": [1], "totalHotlines": 57}, [1], 57),
        ([1, 2], [1, 2], None),
        ({"data": [1], "total": "3"}, [1], 3),
        ({"hotlines": None, "totalHotlines": 0}, [], 0),
        ({"hotlines": []}, [], None),
        ({"data": {"hotlines": [1], "count": 2}}, [1], 2),
        ({"id": 1, "name": "x", "other": []}, [{"id": 1, "name": "x", "other": []}], None),
    ],
)
def test_lists_bare_and_wrapped(data: object, items: list[object], total: int | None) -> None:
    assert listed(data, "hotlines", "hotlines", model=Thing) == (items, total)


@pytest.mark.parametrize("data", [None, 7, "hotlines", {}, {"a": [1], "b": [2]}, {"message": "no"}, {"errors": []}])
def test_what_is_no_list(data: object) -> None:
    with pytest.raises(BadAnswer, match="no list of hotlines"):
        listed(data, "hotlines", "hotlines")


def test_a_row_that_cannot_be_used_is_counted_and_costs_no_other() -> None:
    items = [{"id": 1, "name": ["x"], "waiting": "?", "active": {}}, {"name": "no id"}, "x", None, {"id": "2"}]
    found, why = used(items, Thing, "things")
    assert found == [Thing(id="1"), Thing(id="2")]
    assert why == "3 rows without an id"
    with pytest.raises(BadAnswer, match="the only row has no id"):
        used([{}], Thing, "things")
    assert lost(2, 2, "things") == ""


@pytest.mark.parametrize("data", [{"id": 1}, {"thing": {"id": 1}}, [{"id": 1}], {"things": [{"id": 1}]}])
def test_one_object_bare_and_wrapped(data: object) -> None:
    assert raw_object(data, Thing, "thing") == {"id": 1}
    assert one(data, Thing, "thing").id == "1"


@pytest.mark.parametrize("data", [None, [], {}, "x", [{"id": 1}, {"id": 2}], {"message": "no"}, {"x": 1, "y": 2}])
def test_an_object_without_a_documented_field_is_none(data: object) -> None:
    with pytest.raises(BadAnswer, match="no thing"):
        one(data, Thing, "thing")


def test_objects_of_a_list() -> None:
    assert objects([{"a": 1}, 2]) == objects({"a": 1}) == [{"a": 1}]
    assert objects(None) == []


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*Thing.model_fields, "count", "x"]), inner)
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_rows_or_a_bad_answer(data: object) -> None:
    for value in (text(data), identity(data), number(data), count(data), switch(data), instant(data)):
        assert value is None or isinstance(value, str | int | float)
    model: type[Wire]
    for model in (Thing, Wire):
        try:
            items, total = listed(data, "rows", "x", model=model)
            found, _ = used(items, model, "rows")
        except BadAnswer:
            continue
        assert total is None or total >= 0
        assert len(found) <= len(items)


def test_a_number_is_kept_whatever_was_written_in_it() -> None:
    odd = " 101\x1b[31m" + "9" * 6_000
    assert number(odd) == odd.strip()
    values: list[object] = [101, "101", " 101 ", None, "None", True, {}]
    assert [number(value) for value in values] == ["101"] * 3 + [""] * 4
