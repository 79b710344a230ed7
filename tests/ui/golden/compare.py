"""Compares a text picture with the one that a person has looked at. UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path

from wallboard.domain.text import cell_width

TEXTS = Path(__file__).parent / "texts"
SWITCH = "UPDATE_GOLDEN"


def check(name: str, lines: Sequence[str], width: int, height: int) -> None:
    """`lines` must fill `width` × `height` and read as `texts/name.txt`.

    The picture is kept between bars, so that blanks at the end of a line are seen and no editor takes them away.
    """
    assert len(lines) == height, f"{name}: {len(lines)} lines on a screen of {height}"
    odd = [f"line {number} takes {size}" for number, line in enumerate(lines) if (size := cell_width(line)) != width]
    assert not odd, f"{name}: not {width} wide: {'; '.join(odd)}"
    text = "".join(f"|{line}|\n" for line in lines)
    path = TEXTS / f"{name}.txt"
    if os.environ.get(SWITCH):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
        return
    assert path.exists(), f"there is no {path.name} yet; {SWITCH}=1 writes it\n{text}"
    kept = path.read_bytes().decode()
    if kept != text:
        diff = difflib.unified_diff(kept.splitlines(), text.splitlines(), f"texts/{path.name}", "the screen now", n=1)
        raise AssertionError(f"{name} looks different; {SWITCH}=1 keeps it\n" + "\n".join(diff))
