"""The line map finds every value that the TOML reader finds, whatever the text looks like."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.config.explain import toml
from wallboard.config.lines import Path as Keys
from wallboard.config.lines import locate

CONFIGS = Path(__file__).resolve().parent


def paths(value: object, above: Keys = ()) -> Iterator[Keys]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*above, key)
        yield from paths(part, (*above, key))


@pytest.mark.parametrize("path", sorted(CONFIGS.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_value_of_a_file_has_a_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = locate(text)
    assert set(paths(data)) <= set(found)
    rows = text.splitlines()
    for keys, line in found.items():
        if keys and isinstance(keys[-1], str) and "\\" not in rows[line - 1]:
            assert keys[-1] in rows[line - 1]


names = st.text(st.sampled_from("abc -.#=\"[]{}\n'\\é"), min_size=1, max_size=6)
values = st.recursive(
    st.one_of(st.integers(-9, 99), st.booleans(), st.text(st.sampled_from('ab#="[]{},\n\\'), max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


def quoted(value: object) -> str:
    """TOML on one line, every key in quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {quoted(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(quoted(part) for part in value) + "]"
    return toml(value)


@given(st.dictionaries(names, values, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5))
def test_any_document(data: dict[str, object], gaps: list[bool]) -> None:
    text, expected = "", {}
    for (key, value), gap in zip(data.items(), gaps, strict=False):
        text += "# a = 1 [x]\n\n" if gap else ""
        expected[key] = text.count("\n") + 1
        text += f"{toml(key)} = {quoted(value)} # end\n"
    assert tomllib.loads(text) == data
    found = locate(text)
    assert set(paths(data)) <= set(found)
    assert {key: found[key,] for key in data} == expected


def test_arrays_of_tables_inside_each_other() -> None:
    text = "[[a]]\n[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a]]\n[a.c]\ny = 3\n[[a.b]]\nx = 4\n"
    found = locate(text)
    assert [
        found["a", 0, "b", 0, "x"],
        found["a", 0, "b", 1, "x"],
        found["a", 1, "c", "y"],
        found["a", 1, "b", 0, "x"],
    ] == [
        3,
        5,
        8,
        10,
    ]


def test_strings_of_every_kind() -> None:
    text = r'''
a = """x = 1
[b]
\""" \\"""
c = """
d = 2"""""
e = '\'
f = "\"#"
g = 1979-05-27 07:32:00Z
h = 3
'''
    data = tomllib.loads(text)
    found = locate(text)
    assert {key: found[key,] for key in data} == {"a": 2, "c": 5, "e": 7, "f": 8, "g": 9, "h": 10}
