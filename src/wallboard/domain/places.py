"""Destinations that the config names: favourites, and routes between sources."""

from __future__ import annotations

from wallboard.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class Favourite:
    """A destination of one's own. `source` "": an extension of whichever source the call is in."""

    name: str
    number: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """From source `origin` to the extensions of source `to`, by dialling `prefix` before them."""

    origin: str
    to: str
    prefix: str
