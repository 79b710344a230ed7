"""What people's bytes are as text, whatever the locale made of them."""

from __future__ import annotations

import pytest

from wallboard.domain.decoding import NotUtf8Error, heard, text_of


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("plain", "plain"),
        ("Müller 李", "Müller 李"),
        ("M\udcc3\udcbcller", "Müller"),
        # Some of it known to the locale, some not, and some that no encoding knows.
        ("ü \udce6\udc9d\udc8e", "ü 李"),
        ("M\udcfcller", "M\ufffdller"),
    ],
)
def test_a_word_that_the_locale_did_not_decode_is_read_as_utf8(word: str, text: str) -> None:
    assert heard(word) == text


def test_a_file_is_utf8_with_or_without_a_mark() -> None:
    assert text_of("Süd".encode()) == text_of("Süd".encode("utf-8-sig")) == "Süd"


@pytest.mark.parametrize(
    ("raw", "line"),
    [(b"a\r\nb\r\nS\xfcd", 3), (b"\xef\xbb\xbfa\n\xfc", 2), ("a\nb".encode("utf-16"), 1), (b"a\xc3", 1)],
)
def test_what_is_not_utf8_is_told_with_its_line(raw: bytes, line: int) -> None:
    with pytest.raises(NotUtf8Error, match="not UTF-8") as caught:
        text_of(raw)
    assert caught.value.line == line
