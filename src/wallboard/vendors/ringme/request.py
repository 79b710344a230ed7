"""One acting request of the hosted PBX, and the addresses that several verbs share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wallboard.vendors.http import Route, route


@dataclass(frozen=True, slots=True)
class Request:
    """One request, and `words` that name it in the journal."""

    method: str
    where: Route
    json: Mapping[str, Any] | None
    words: str


def call_route(extension_id: str, call_api_id: str) -> Route:
    return route(
        "/extension/{extension_id}/current_calls/{call_api_id}", extension_id=extension_id, call_api_id=call_api_id
    )


def valet_route(extension_id: str, call_api_id: str) -> Route:
    return route(
        "/extension/{extension_id}/valet_park/{call_api_id}", extension_id=extension_id, call_api_id=call_api_id
    )


def body_id(identity: str) -> int | str:
    """Ids are integers in bodies; one that is not goes as it came."""
    return int(identity) if identity.isascii() and identity.isdigit() and len(identity) < 16 else identity
