"""Sizes, strict JSON, waits, budgets and clocks of answers, without a network."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.clock import ManualClock
from wallboard.domain.errors import BadAnswer
from wallboard.domain.redaction import hide
from wallboard.vendors.http.limits import Allowance, Body, VendorClock, retry_after, said, strict_json

MB = 1024 * 1024


def inflate(chunks: list[bytes], limit: int = 8 * MB, encoding: str = "gzip") -> bytes:
    body = Body(encoding, limit)
    for chunk in chunks:
        body.feed(chunk)
    return body.whole()


def test_a_gzip_bomb_is_stopped_before_it_fills_the_memory() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b"\0" * MB) for _ in range(100)) + packer.flush()
    assert len(bomb) < 200_000
    tracemalloc.start()
    try:
        with pytest.raises(BadAnswer, match="too large"):
            inflate([bomb])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 * MB


@given(st.binary(max_size=2000), st.integers(min_value=1, max_value=100))
def test_gzip_in_chunks_of_any_size_is_the_same(data: bytes, size: int) -> None:
    packed = gzip.compress(data[:1000]) + gzip.compress(data[1000:])
    assert inflate([packed[start : start + size] for start in range(0, len(packed), size)]) == data


def test_damaged_unfinished_and_unknown_encodings_are_refused() -> None:
    packed = gzip.compress(b"x" * 1000)
    with pytest.raises(BadAnswer, match="cut short"):
        inflate([packed[:-10]])
    with pytest.raises(BadAnswer, match="damaged gzip"):
        inflate([b"this is no gzip"])
    for encoding in ("br", "zstd", "gzip, gzip"):
        with pytest.raises(BadAnswer, match="cannot decode"):
            Body(encoding, MB)


@given(st.binary(max_size=300))
def test_any_bytes_are_json_or_one_sentence(data: bytes) -> None:
    try:
        strict_json(data, "application/json")
    except BadAnswer as error:
        assert str(error).isprintable()  # noqa: PT017  # either is right


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_proper_json_comes_through_unchanged(data: object) -> None:
    assert strict_json(json.dumps(data).encode()) == data


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": -Infinity}', "1e999", "{'a': 1}", "[1,]", "nil"])
def test_what_only_resembles_json_is_refused(text: str) -> None:
    with pytest.raises(BadAnswer):
        strict_json(text.encode())


def test_thirty_two_levels_are_enough_and_more_are_refused() -> None:
    assert strict_json(b"[" * 32 + b"]" * 32) is not None
    with pytest.raises(BadAnswer, match="deeper"):
        strict_json(b"[" * 34 + b"]" * 34)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"message": "Not found"}', "Not found"),
        (b'{"error": "invalid_client", "error_description": "Unknown app"}', "Unknown app"),
        (b'{"error": {"message": "deep"}}', "deep"),
        (b'{"message": "key S3CR3T\\u001b[31m"}', "key ***·[31m"),
        (b'{"message": 7}', ""),
        (b'["x"]', ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_what_an_error_says_for_itself(body: bytes, words: str) -> None:
    hide("S3CR3T")
    assert said(body) == words


@given(st.dictionaries(st.sampled_from(["retry-after", "date"]), st.text(max_size=40)))
def test_any_retry_after_is_a_bounded_wait_or_none(headers: dict[str, str]) -> None:
    wait = retry_after(headers)
    assert wait is None or 1 <= wait <= 600


def test_the_own_budget_counts_only_what_the_account_has_left_for_us() -> None:
    clock = ManualClock(1000.0)
    allowance = Allowance(clock, 600)
    assert allowance.budget is not None
    assert (allowance.budget.limit, allowance.budget.remaining) == (600, None)
    allowance.hear({"x-ratelimit-limit": "3000", "x-ratelimit-remaining": "2800", "x-ratelimit-reset": "60"})
    assert (allowance.budget.limit, allowance.budget.remaining, allowance.budget.resets_at) == (600, 400, 1060.0)
    assert allowance.budget.reserve == 60
    assert allowance.budget.asked == 1, "answers that tell of it are what others' use is told from"
    allowance.hear({"x-ratelimit-limit": "x", "x-ratelimit-remaining": "NaN"})
    assert allowance.budget.remaining == 400


def test_the_vendor_clock_is_the_median_of_the_last_nine() -> None:
    clock = VendorClock()
    assert clock.offset is None
    now = 1_772_439_247.0
    assert clock.hear({"date": "garbage"}, 0.1, now) is None
    for _ in range(20):
        clock.hear({"date": "Mon, 02 Mar 2026 08:14:07 GMT"}, 0.2, now)
    clock.hear({"date": "Mon, 02 Mar 2026 10:14:07 GMT"}, 0.2, now)
    assert clock.offset == pytest.approx(0.1)
