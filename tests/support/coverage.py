"""What is done with each operation of the vendors' documents: `docs/coverage/*.tsv`, one table a document.

After three lines (`# vendor: `, `# document: `, `# title: `) and the names of the columns, one operation a line:
method, path as the document writes it, what it is to this console, where it is reached or why it is left out,
and the test that shows it (`tests/file.py::name`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "coverage"
COLUMNS = ["method", "path", "is", "use", "shown by"]


class Relevance(StrEnum):
    """LIVE feeds a pane, ACTION is a verb or a webhook of our own, DETAIL is read on demand or with slow data; the
    others are left out."""

    LIVE = "LIVE"
    ACTION = "ACTION"
    DETAIL = "DETAIL"
    CONFIG = "CONFIG"
    NONE = "not relevant"


REACHED = (Relevance.LIVE, Relevance.ACTION, Relevance.DETAIL)


@dataclass(frozen=True, slots=True)
class Operation:
    """`use`: "feed members", "verb transfer", "report recordings of an agent"; or why it is left out."""

    method: str
    path: str
    relevance: Relevance
    use: str
    shown_by: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    vendor: str
    document: str
    title: str
    operations: tuple[Operation, ...]

    @property
    def reached(self) -> list[Operation]:
        return [each for each in self.operations if each.relevance in REACHED]


def document(name: str) -> Document:
    """The table of one document; ValueError for a line that is none."""
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    head = dict(line.removeprefix("# ").split(": ", 1) for line in lines[:3])
    if lines[3].split("\t") != COLUMNS:
        raise ValueError(f"{name}: the columns are {COLUMNS}")
    rows = []
    for line in lines[4:]:
        method, path, relevance, *rest = line.split("\t")
        rows.append(Operation(method, path, Relevance(relevance), *rest))
    return Document(head["vendor"], head["document"], head["title"], tuple(rows))


def documents() -> list[Document]:
    return [document(path.stem) for path in sorted(FOLDER.glob("*.tsv"))]
