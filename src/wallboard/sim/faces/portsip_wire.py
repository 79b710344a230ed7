"""The dialect of the PortSIP resources: ids, errors, list queries, and bodies that are checked before they count.

Where the document leaves it open, this face does the following.
- Ids are printed in the resources as base64 of a decimal number, as the samples are; both forms are taken.
- A body is refused (400, VALIDATE_FAILED) for a missing or unknown field, a wrong type, a value outside its
  enumeration or limits, and for `null`: the contract has nullable fields in answers only.
- An object inside a body replaces the object that was there; what it leaves out falls to the documented default.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wallboard.sim.asgi import Request, Response, json_response

EXTENSION = r"[0-9]{3,64}"
Row = dict[str, object]
Check = Callable[[object, str], object]
"""Gives the value in the form that is kept, or raises `FaceError`; the text is where in the body it stands."""


class FaceError(Exception):
    """Ends a request with a status and one documented error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self) -> Response:
        return json_response(self.status, {"errors": [{"code": self.code, "message": self.message}]})


def refused(message: str) -> FaceError:
    return FaceError(400, "VALIDATE_FAILED", message)


def printed(number: int) -> str:
    """An id as the resources print it."""
    return base64.b64encode(str(number).encode()).decode()


def identity(text: str) -> int | None:
    """The number behind an id in either form; None if it is no id."""
    if not (text.isascii() and text.isdigit()):
        try:
            text = base64.b64decode(text, validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            return None
    return int(text) if text.isdigit() and len(text) <= 30 else None


def text(*, low: int = 0, high: int = 10**6, pattern: str | None = None) -> Check:
    def check(value: object, where: str) -> object:
        if not isinstance(value, str):
            raise refused(f"{where}: a string is expected")
        if not low <= len(value) <= high or (pattern is not None and not re.fullmatch(pattern, value)):
            raise refused(f"{where}: not a valid value")
        return value

    return check


def number(low: int, high: int = 2**31 - 1) -> Check:
    def check(value: object, where: str) -> object:
        if type(value) is not int or not low <= value <= high:
            raise refused(f"{where}: an integer from {low} to {high} is expected")
        return value

    return check


def flag(value: object, where: str) -> object:
    if not isinstance(value, bool):
        raise refused(f"{where}: true or false is expected")
    return value


def one_of(*words: str) -> Check:
    def check(value: object, where: str) -> object:
        if value not in words or not isinstance(value, str):
            raise refused(f"{where}: one of {', '.join(words)} is expected")
        return value

    return check


def items(check: Check) -> Check:
    def check_all(value: object, where: str) -> object:
        if not isinstance(value, list):
            raise refused(f"{where}: an array is expected")
        return [check(each, f"{where}[{place}]") for place, each in enumerate(value)]

    return check_all


@dataclass(frozen=True, slots=True)
class Body:
    """An object: its fields, which of them must be there, and what the absent ones are (`defaults`)."""

    fields: Mapping[str, Check]
    required: tuple[str, ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict)

    def __call__(self, value: object, where: str = "") -> Row:
        if not isinstance(value, dict):
            raise refused(f"{where or 'body'}: an object is expected")
        prefix = f"{where}." if where else ""
        for name in value:
            if name not in self.fields:
                raise refused(f"{prefix}{name}: unknown field")
        for name in self.required:
            if name not in value:
                raise refused(f"{prefix}{name}: required")
        return dict(self.defaults) | {name: self.fields[name](each, f"{prefix}{name}") for name, each in value.items()}


def read_body(request: Request, body: Body) -> Row:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise refused("body: application/json is expected")
    return body(request.json())


def _count(request: Request, name: str, low: int, high: int, default: int) -> int:
    given = request.parameter(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit()) or not low <= int(given) <= high:
        raise refused(f"{name}: an integer from {low} to {high} is expected")
    return int(given)


def listed(request: Request, rows: list[Row]) -> Response:
    """A page of a collection by `skip` and `top`; `count` is of the whole. What else the document lets a list be asked
    is refused, so that nobody takes the whole list for what they asked."""
    for name in request.query:
        if name not in ("skip", "top"):
            raise refused(f"{name}: not offered here")
    skip = _count(request, "skip", 0, 2**31 - 1, 0)
    top = _count(request, "top", 1, 100, 100)
    return json_response(200, {"count": len(rows), "items": rows[skip : skip + top]})
