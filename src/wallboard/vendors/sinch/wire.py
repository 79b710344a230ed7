"""RCI's answers as they come over the wire (seed 002), read tolerantly (vendors.md §2.4).

Lists come bare, wrapped as XML becomes JSON (`{item: […]}`, `{item: {…}}`), as null or as one bare text. Names are
compared without case (`externalid`), ids as GUIDs in upper-case hex without dashes. Everything but the id may be
missing, a field of a wrong type is unset instead of costing its row. What holds no usable row at all is a BadAnswer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BeforeValidator, ConfigDict, Field, model_validator

from wallboard.domain.errors import BadAnswer
from wallboard.domain.language import tr
from wallboard.vendors.kit import lists, wire
from wallboard.vendors.kit.lists import TALK, lost
from wallboard.vendors.kit.wire import Switch, Text

_GUID = re.compile(r"[0-9A-F]{32}")
_GUIDS = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})(?![0-9A-Za-z])"
)
LONGEST = 200
"""Most characters of an id that is no GUID."""


def canonical(value: object) -> str:
    """The one spelling of an id: a GUID as 32 upper-case hex digits, anything else as it came; "" if it is no id."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 128 else ""
    if not isinstance(value, str):
        return ""
    text = value.strip().strip("\"'{}").strip()
    packed = text.replace("-", "").upper()
    return packed if _GUID.fullmatch(packed) else text if len(text) <= LONGEST else ""


def guid(text: str) -> str:
    """The one GUID that stands in `text`, canonical; "" if there is none or there are several."""
    found = {canonical(match) for match in _GUIDS.findall(text)}
    return found.pop() if len(found) == 1 else ""


def unwrapped(value: object, blank: bool = False) -> list[object]:
    """The elements of a list in any wrapping: bare, `{name: […]}`, `{name: {…}}`, null, or one bare element. `blank`:
    an element that is nothing is one too, as null."""
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [inner for part in value for inner in _elements(part, blank)]
    if isinstance(value, Mapping) and not _is_row(value):
        return unwrapped(next(iter(value.values()), None), blank)
    return [value]


def _elements(part: object, blank: bool) -> list[object]:
    if part in (None, "", {}, []):
        return [None] if blank else []
    return [part] if _is_row(part) else unwrapped(part, blank)


def _is_row(value: object) -> bool:
    """Whether it is an element and no wrapper; a wrapper holds one name, which is not that of an id."""
    return isinstance(value, Mapping) and (len(value) > 1 or any(str(name).casefold() == "id" for name in value))


def _texts(value: object) -> tuple[str, ...]:
    found = (wire.text(part).strip() for part in unwrapped(value))
    return tuple(dict.fromkeys(part for part in found if part))


Identity = Annotated[str, BeforeValidator(canonical)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Wire(wire.Wire):
    """Any object of RCI. Names are looked up in lower case, null is the same as absent."""

    id: Identity = ""

    @model_validator(mode="before")
    @classmethod
    def _lowered(cls, data: object) -> object:
        if not isinstance(data, Mapping):
            return {"id": data}
        found: dict[str, Any] = {}
        for name, value in data.items():
            if value is not None:
                found.setdefault(str(name).casefold(), value)
        return found

    @property
    def usable(self) -> bool:
        return bool(self.id)

    @property
    def mark(self) -> tuple[str, ...]:
        """What is the same in two copies of one row."""
        return (self.id,)


class NamedWire(Wire):
    """A role, user group, queue group, skill, presence profile or disruption set; `value` is a user's in a skill."""

    name: Text = ""
    description: Text = ""
    external_id: Text = Field("", alias="externalid")
    synchronised: Switch = None
    reason: Text = ""
    value: Text = ""


class UserWire(Wire):
    first_name: Text = Field("", alias="firstname")
    surname: Text = ""
    login: Text = ""
    external_id: Text = Field("", alias="externalid")
    phone: Text = ""
    chat: Text = ""
    chat_name: Text = Field("", alias="chatname")
    email: Text = ""
    ui_language: Text = Field("", alias="uilanguage")
    prompt_language: Text = Field("", alias="promptlanguage")
    time_zone: Text = Field("", alias="timezone")
    synchronised: Switch = None


class QueueWire(Wire):
    type: Text = ""
    name: Text = ""
    description: Text = ""
    synchronised: Switch = None
    login_type: Text = Field("", alias="logintype")
    addresses: Texts = ()


class ExtensionWire(Wire):
    """An address of a queue: `name` by the schema, `address` by the samples."""

    address: Text = Field("", validation_alias=AliasChoices("address", "name"))
    language: Text = Field("", validation_alias=AliasChoices("language", "langauge"))
    priority: Text = ""


class IvrWire(Wire):
    name: Text = ""
    description: Text = ""
    active: Switch = None
    addresses: Texts = ()


class ItemWire(Wire):
    """An item of a disruption set, also as an event refers to it: by id, or by external id and type."""

    external_id: Text = Field("", alias="externalid")
    type: Text = ""
    name: Text = ""
    description: Text = ""
    prompt: Text = Field("", validation_alias=AliasChoices("promptname", "promptexternalid"))

    @property
    def usable(self) -> bool:
        return bool(self.id or self.external_id)

    @property
    def kind(self) -> str:
        """WHY, WHERE, WHEN, or a word not known yet."""
        return self.type.strip().upper()


def _references(value: object) -> list[ItemWire]:
    parts = [part for part in unwrapped(value) if isinstance(part, Mapping | str)]
    return lists.rows(parts, ItemWire)


class EventWire(Wire):
    """A disruption event. Instants as the vendor wrote them; unknown fields stay in `model_extra`."""

    model_config = ConfigDict(extra="allow", frozen=True)

    remarks: Text = ""
    active_from: Text = Field("", alias="activefrom")
    active_to: Text = Field("", alias="activeto")
    modified: Text = ""
    created: Text = ""
    items: Annotated[tuple[ItemWire, ...], BeforeValidator(_references)] = ()

    @property
    def mark(self) -> tuple[str, ...]:
        return self.id, self.created


_Row = TypeVar("_Row", bound=Wire)


def listed(data: object, what: str) -> list[object]:
    """The elements of a whole answer; BadAnswer if it is no list of `what` in any wrapping. An empty list may have
    become null or "" on its way from XML."""
    if isinstance(data, Mapping) and data and all(str(name).casefold() in TALK for name in data):
        raise BadAnswer(tr("the vendor's answer holds no list of {what}", what=what))
    if isinstance(data, Mapping) and _is_row(data) and not any(str(name).casefold() == "id" for name in data):
        said = {name: value for name, value in data.items() if str(name).casefold() not in TALK}
        lists = [value for value in said.values() if isinstance(value, list | Mapping)]
        if len(lists) != 1:
            raise BadAnswer(tr("the vendor's answer holds no list of {what}", what=what))
        data = lists[0]
    if data not in (None, "") and not isinstance(data, list | Mapping):
        raise BadAnswer(tr("the vendor's answer is no list of {what}", what=what))
    return unwrapped(data, blank=True)


def rows(items: Sequence[object], model: type[_Row], what: str) -> tuple[list[_Row], str]:
    """Each usable element once, and which could not be used; where none can, the answer is not what it should be."""
    usable = lists.rows([item for item in items if isinstance(item, Mapping)], model)
    if items and not usable:
        raise BadAnswer(tr("the vendor's answer holds no {what}", what=what))
    found: dict[tuple[str, ...], _Row] = {}
    for row in usable:
        found.setdefault(row.mark, row)
    return list(found.values()), lost(len(items), len(usable), what)


def one(data: object, what: str) -> dict[str, Any]:
    """A single object, bare or wrapped; BadAnswer if there is none."""
    found = [data] if _is_row(data) else unwrapped(data) if isinstance(data, list | Mapping) else []
    if len(found) == 1 and isinstance(found[0], Mapping):
        return dict(found[0])
    raise BadAnswer(tr("the vendor's answer is no {what}", what=what))


def read_one(data: object, model: type[_Row], what: str) -> _Row:
    return rows([one(data, what)], model, what)[0][0]
