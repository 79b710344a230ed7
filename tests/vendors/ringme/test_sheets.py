"""Answers read on demand: whatever the vendor sends, lines are clean, bounded and without secrets."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from wallboard.vendors.kit.sheets import length
from wallboard.vendors.ringme import sheets
from wallboard.vendors.ringme.wire import Recording

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("name", ["pin", "moderator_pin", "replace_pin", "Conference PIN", "access_token", "password"])
def test_secrets_are_named_and_never_shown(name: str) -> None:
    ((_, value),) = sheets.facts({name: "9173"})
    assert value == "set, not shown"
    nested = sheets.facts({"registrations": [{"auth": {name: "9173"}}]})
    assert "9173" not in repr(nested)
    assert sheets.facts({name: None}) == sheets.facts({name: ""}) == []


def test_a_word_that_only_contains_pin_is_no_secret() -> None:
    assert sheets.facts({"pinned": True, "shipping": 3}) == [("pinned", "yes"), ("shipping", "3")]


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "–"), (0, "0:00"), (34, "0:34"), (247, "4:07"), (3600, "1:00:00"), (3725, "1:02:05")]
)
def test_lengths(seconds: int | None, text: str) -> None:
    assert length(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (1400, "1.4 kB"), (1_400_900, "1.4 MB"), (10**16, "10000 TB")],
)
def test_sizes(count: int | None, text: str) -> None:
    assert sheets.size(count) == text


@pytest.mark.parametrize(
    ("flow", "party"),
    [
        ("in", "Acme +37410555012"),
        ("out", "022*341"),
        ("transfer", "Acme +37410555012 → 022*341"),
        (None, "Acme +37410555012 → 022*341"),
    ],
)
def test_the_other_party_depends_on_the_direction(flow: str | None, party: str) -> None:
    ends = {"source_number": "+37410555012", "from_screen_name": "Acme", "dest_number": "022*341"}
    recording = Recording.model_validate({"flow": flow, "result": "answered", **ends})
    assert sheets.other_party(recording) == party


def test_a_long_answer_is_cut_and_says_so() -> None:
    lines = sheets.raw_lines(None, "\n".join(f"member {number}" for number in range(100)))
    assert len(lines) == sheets.MOST_LINES + 1
    assert lines[-1] == "and 60 more lines"


@pytest.mark.parametrize("wrap", [[], ["list"], ["queue"], ["queue", "list"], ["list", "queue"]])
def test_settings_come_out_of_any_wrapping(wrap: list[str]) -> None:
    data: object = {"strategy": "round-robin", "pin": "9173"}
    for layer in wrap:
        data = [data] if layer == "list" else {"queue": data}
    shown = sheets.facts(sheets.whole_object(data))
    assert shown == [("strategy", "round-robin"), ("pin", "set, not shown")]
