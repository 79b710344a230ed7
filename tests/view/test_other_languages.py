"""What other languages must fit: the headings of columns, and the labels of looks."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from wallboard.domain.language import LANGUAGES, tr, trc, use
from wallboard.domain.text import cell_width
from wallboard.view import looks
from wallboard.view.looks.blocks import LABEL
from wallboard.view.panes import PANES
from wallboard.view.panes.base import Pane


@pytest.fixture(params=LANGUAGES, autouse=True)
def language(request: pytest.FixtureRequest) -> Iterator[None]:
    use(request.param)
    yield
    use("en")


@pytest.mark.parametrize("pane", PANES.values(), ids=lambda pane: pane.title)
def test_every_heading_fits_its_column(pane: Pane) -> None:
    fields = {field.id: field for field in pane.fields}
    cut = []
    for room, columns in pane.widths.items():
        for column in columns.split(", "):
            name, width = column.split()
            title = fields[name].told(narrow=room < max(pane.widths))
            if cell_width(title) > int(width):
                cut.append((room, name, int(width), title))
    assert cut == []


@pytest.mark.parametrize("pane", PANES.values(), ids=lambda pane: pane.title)
@pytest.mark.parametrize("size", [160, 120, 80])
def test_every_state_fits_its_column(pane: Pane, size: int) -> None:
    shown = [f"{sign} {tr(word)}" for sign, word, _ in pane.signs]
    (width,) = [column.width for column in pane.columns(size, many=True) if column.id == "state"] or [0]
    assert bool(shown) == (width > 0)
    assert [text for text in shown if cell_width(text) > width] == []


def labels() -> Iterator[str]:
    """What stands before the lines of a look."""
    for path in Path(str(looks.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("labelled", "paragraph"):
                match node.args[0]:
                    case ast.Call(func=ast.Name("tr"), args=[ast.Constant(str() as said)]):
                        yield tr(said)
                    case ast.Call(
                        func=ast.Name("trc"), args=[ast.Constant(str() as sense), ast.Constant(str() as said)]
                    ):
                        yield trc(sense, said)


def test_every_label_of_a_look_fits_before_its_line() -> None:
    found = list(labels())
    assert len(found) > 10
    assert [label for label in found if cell_width(label) > LABEL] == []
