"""Addresses of the hosted PBX that several verbs share."""

from __future__ import annotations

from wallboard.vendors.http.client import Route, route


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
