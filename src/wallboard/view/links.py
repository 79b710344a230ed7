"""Addresses of the web in what vendors tell: which may be opened, and in which words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import NamedTuple
from urllib.parse import urlsplit

from wallboard.domain.language import tr
from wallboard.domain.models import Row
from wallboard.vendors.base import Sheet
from wallboard.view.cells import Cell, fit

LONGEST = 2000
_ALLOWED = re.compile(r"https://[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]+")
"""RFC 3986, less the apostrophe, which shells know."""
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")


class Link(NamedTuple):
    url: str
    host: str


def web_link(text: str) -> Link | None:
    """The address that `text` is from its first to its last letter: https, to a named host, without a user before it,
    in plain letters. Anything else is text."""
    if len(text) > LONGEST or not _ALLOWED.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").casefold()
    if "@" in parts.netloc or not _HOST.fullmatch(host) or port == 0:
        return None
    return Link(text, host)


def addresses(text: str) -> Iterator[Link]:
    """Those that stand in a text, such as `GET https://…/record/17 (1.4 MB)`."""
    return (link for word in text.split() if (link := _in_word(word)) is not None)


def _in_word(word: str) -> Link | None:
    """An address may end a sentence, or stand in brackets that end after it."""
    return web_link(word.rstrip(".,;:!?)]"))


def in_sheet(sheet: Sheet) -> list[tuple[str, str, Link]]:
    """The addresses in a table, each with what its line says of it, and the last line before it that has none: when a
    recording was made, and of whom."""
    found: list[tuple[str, str, Link]] = []
    above = ""
    for row in sheet.rows:
        links = [(row[0] if index else "", link) for index, text in enumerate(row) for link in addresses(text)]
        above = above if links else " ".join(row)
        found += [(name, above, link) for name, link in links]
    return found


def in_row(row: Row) -> list[tuple[str, Link]]:
    """The addresses in what a vendor tells of a row, such as a notice's remarks, each with the name of its field."""
    texts = [(field.name, getattr(row, field.name)) for field in fields(row)]
    told = [(name, text) for name, text in texts if isinstance(text, str)] + [*getattr(row, "details", ())]
    return [(name, link) for name, text in told for link in addresses(text)]


def linked(text: str, style: str, room: int) -> list[Cell]:
    """A line of text whose addresses can be opened, but for one that is longer than the line."""
    cells: list[Cell] = []
    for word in text.split(" "):
        link = _in_word(word) if len(word) <= room else None
        cells += [Cell(" ", style)] if cells else []
        cells.append(Cell(word, style) if link is None else Cell(word, "info underline", link=link.url))
    if any(cell.link for cell in cells):
        return cells
    return [Cell(text, style)]


def link_cells(text: str, width: int, style: str) -> Sequence[Cell]:
    """`text` in so many columns; an address can be opened, and is never cut before the end of its host's name: where it
    does not fit, the host is said in words."""
    link = web_link(text)
    if link is None:
        return [Cell(fit(text, width), style)]
    shown = text if len(text) <= width else tr("opens {host}", host=link.host)
    if len(shown) > width:
        # Who cannot read where it leads is not led there.
        return [Cell(fit(text, width), style)]
    return [Cell(shown, "info underline", link=link.url), Cell(" " * (width - len(shown)))]
