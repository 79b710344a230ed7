"""The one directory of all sources: where a call can be sent, how it is dialled from where the call is, and a search
that is as fast as typing."""

from __future__ import annotations

from wallboard.domain.numbers import is_number
from wallboard.domain.places import Favourite, Route
from wallboard.view.directory.entries import Entry, gather, name_of
from wallboard.view.directory.reachable import CanDial, Directory, Place
from wallboard.view.directory.search import Index, Searched, Tier

__all__ = [
    "CanDial",
    "Directory",
    "Entry",
    "Favourite",
    "Index",
    "Place",
    "Route",
    "Searched",
    "Tier",
    "gather",
    "is_number",
    "name_of",
]
