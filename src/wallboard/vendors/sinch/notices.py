"""Disruption notices: the forms to publish and change one, and what is sent. Pure.

A PUT replaces the whole event ("provide all properties since all fields are updated"), so it is made of an event that
was just read: unknown fields go back as they came, and what a person left as it was goes back byte for byte. Only
`created` and `modified` are left out, which are no fields of the request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import reduce
from typing import Any

from wallboard.domain.errors import NotSent
from wallboard.domain.forms import Form, FormField, Option, Takes, moment
from wallboard.domain.language import mark, tr
from wallboard.domain.models import Notice, in_address
from wallboard.domain.text import clean
from wallboard.vendors.kit.wire import instant
from wallboard.vendors.sinch.mapping import REMARKS, items_of, set_of, titled, token
from wallboard.vendors.sinch.wire import EventWire, ItemWire, NamedWire, canonical, unwrapped

KINDS = {"why": "WHY", "where": "WHERE", "when": "WHEN"}
"""Fields of the forms, by the type of the items that they offer; other types stand in `other`."""
LABELS = {"why": mark("Why"), "where": mark("Where"), "when": mark("When"), "other": mark("Other")}
ITEM_FIELDS = (*KINDS, "other")
SERVER_MADE = ("created", "modified")


def publish_form(disruption_set: NamedWire, items: Mapping[str, ItemWire], zone: str) -> Form:
    kinds = _item_fields(items, {})
    return Form(
        id=f"publish:{disruption_set.id}",
        title=clean(tr("publish a notice: {set}", set=titled(disruption_set))),
        fields=(*kinds, *_other_fields("", "", "")),
        one_of=tuple(field.name for field in kinds),
        zone=zone,
    )


def change_form(row: Notice, items: Mapping[str, ItemWire], zone: str, clock: tzinfo) -> Form:
    """The notice as it is. The form's id carries when it was last modified: a form that somebody else overtook is
    refused instead of undoing what they did."""
    kinds = _item_fields(items, items_of(row.address))
    return Form(
        id=f"change:{set_of(row)}:{row.key.id}:{in_address(row.address, 'modified') or ''}",
        title=clean(tr("change the notice {title}", title=row.title)),
        fields=(
            *kinds,
            *_other_fields(
                written_moment(in_address(row.address, "from") or "", clock),
                written_moment(in_address(row.address, "to") or "", clock),
                row.remarks,
            ),
        ),
        one_of=tuple(field.name for field in kinds),
        zone=zone,
    )


def _item_fields(items: Mapping[str, ItemWire], chosen: Mapping[str, str]) -> list[FormField]:
    offered = {name: item for name, item in items.items() if name and not _blank(name)}
    kinds = {name: item.kind for name, item in offered.items()}
    texts = {name: _option_text(item) for name, item in offered.items()}
    for name, kind in chosen.items():
        # An item that the set no longer lists stays a choice while the notice has it.
        if name not in offered and not _blank(name):
            kinds[name], texts[name] = kind, name.partition("/")[2] or tr("item {id}", id=name[:8])
    fields = []
    for field in ITEM_FIELDS:
        mine = [name for name in kinds if _field_of(kinds[name]) == field]
        if mine or field in KINDS:
            value = " ".join(name for name in chosen if name in mine)
            options = tuple(Option(name, clean(texts[name])) for name in mine)
            fields.append(FormField(field, tr(LABELS[field]), Takes.SEVERAL, value, options))
    return fields


def _blank(name: str) -> bool:
    """Whether a form cannot hold the item: such an id parts into two."""
    return any(map(str.isspace, name))


def _field_of(kind: str) -> str:
    return next((field for field, word in KINDS.items() if word == kind), "other")


def stays(name: str, kind: str, given: Mapping[str, str]) -> bool:
    """Whether an item of a notice is untouched by what was filled in: its field was not, or it fits into none."""
    return _blank(name) or _field_of(kind) not in given


def _option_text(item: ItemWire) -> str:
    name = item.name or item.external_id or tr("item {id}", id=item.id[:8])
    return f"{name}: {item.description}" if item.description and item.description != name else name


def _other_fields(begins: str, ends: str, remarks: str) -> tuple[FormField, ...]:
    return (
        FormField("from", tr("From"), Takes.MOMENT, begins, hint=tr("empty: now")),
        FormField("to", tr("Until"), Takes.MOMENT, ends, hint=tr("empty: until somebody ends it")),
        FormField("remarks", tr("Remarks"), Takes.LINE, remarks, most=max(REMARKS, len(remarks))),
    )


def values_of(form: Form, args: Sequence[tuple[str, str]]) -> dict[str, str]:
    """What was filled in. NotSent with everything that is wrong with it."""
    given = dict(args)
    values = {field.name: given.get(field.name, field.value).strip() for field in form.fields}
    for field in form.fields:
        if field.takes is Takes.SEVERAL and set(values[field.name].split()) == set(field.value.split()):
            # The order of choices means nothing.
            values[field.name] = field.value
    problems = form.problems(values)
    if problems:
        why = reduce(lambda some, more: tr("{some}; {more}", some=some, more=more), problems)
        raise NotSent(tr("nothing sent: {why}", why=why))
    return values


def written_moment(text: str, zone: tzinfo) -> str:
    """The vendor's instant as a form writes it in `zone`; "" for none."""
    at = instant(text)
    if at is None:
        return ""
    try:
        return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return ""


def instant_of(text: str, zone: tzinfo) -> float | None:
    """A form's moment as UTC seconds; None if there is none, or if the clocks of `zone` jump over it. Of an hour that
    comes twice, the first."""
    read = moment(text)
    if read is None:
        return None
    try:
        at = read.replace(tzinfo=zone).timestamp()
        exists = datetime.fromtimestamp(at, zone).replace(tzinfo=None) == read
    except (OverflowError, OSError, ValueError):
        return None
    return at if exists else None


def iso(at: float) -> str:
    """As the document writes instants: UTC with milliseconds and `Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sent(label: str, text: str, zone: tzinfo) -> str:
    at = instant_of(text, zone)
    if at is None:
        raise NotSent(
            tr(
                "nothing sent: {label}: {moment} does not exist there, the clocks are put forward over it",
                label=label,
                moment=text,
            )
        )
    return iso(at)


def published(values: Mapping[str, str], zone: tzinfo, now: float) -> dict[str, Any]:
    """The event to POST; `now` by the vendor's clock."""
    body: dict[str, Any] = {"activeFrom": _sent(tr("From"), values["from"], zone) if values["from"] else iso(now)}
    if values["to"]:
        body["activeTo"] = _sent(tr("Until"), values["to"], zone)
    if values["remarks"]:
        body["remarks"] = values["remarks"]
    body["items"] = {"item": [_reference(name) for name in chosen(values)]}
    _in_order(body)
    if (ends := instant(body.get("activeTo", ""))) is not None and ends <= now:
        raise NotSent(tr("nothing sent: Until is over already"))
    return body


def changed(form: Form, values: Mapping[str, str], fresh: Mapping[str, Any], items: Mapping[str, ItemWire],
            zone: tzinfo, now: float) -> dict[str, Any]:  # fmt: skip
    """The event to PUT, made of `fresh`; `form` is the one that `fresh` fills, `now` by the vendor's clock."""
    before = {field.name: field.value.strip() for field in form.fields}
    if dict(values) == before:
        raise NotSent(tr("nothing sent: nothing was changed"))
    body = whole(fresh)
    if values["from"] != before["from"]:
        _put(body, "activeFrom", _sent(tr("From"), values["from"], zone) if values["from"] else iso(now))
    if values["to"] != before["to"]:
        _put(body, "activeTo", _sent(tr("Until"), values["to"], zone) if values["to"] else None)
    if values["remarks"] != before["remarks"]:
        _put(body, "remarks", values["remarks"])
    wanted = set(chosen(values))
    kept = [raw for raw in body["items"]["item"] if (name := token(_item(raw), items)) in wanted or _blank(name)]
    has = {token(_item(raw), items) for raw in kept}
    body["items"] = {"item": [*kept, *(_reference(name) for name in chosen(values) if name not in has)]}
    _in_order(body)
    return body


def ended(fresh: Mapping[str, Any], now: float) -> dict[str, Any]:
    """The event to PUT so that it ends; `now` by the vendor's clock."""
    body = whole(fresh)
    _put(body, "activeTo", iso(now))
    return body


def whole(fresh: Mapping[str, Any]) -> dict[str, Any]:
    """All of `fresh` that a PUT may hold, items in the shape of a request. NotSent if its items did not come: an event
    has some by the document, so null is no list of none."""
    names = {str(name).casefold(): name for name in fresh}
    if "items" not in names or fresh[names["items"]] in (None, ""):
        raise NotSent(
            tr("nothing sent: the vendor did not return the notice's items, and writing without would lose them")
        )
    body = {name: value for name, value in fresh.items() if str(name).casefold() not in SERVER_MADE}
    references = [_referred(raw) for raw in unwrapped(body.pop(names["items"]))]
    body["items"] = {"item": references}
    if "id" in names:
        body[names["id"]] = canonical(fresh[names["id"]])
    return body


def chosen(values: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(name for field in ITEM_FIELDS for name in values.get(field, "").split()))


def _item(raw: object) -> ItemWire:
    return ItemWire.model_validate(raw)


def _referred(raw: object) -> dict[str, Any]:
    """A reference as it came, its id without dashes."""
    if not isinstance(raw, Mapping):
        return {"id": canonical(raw)}
    return {name: canonical(value) if str(name).casefold() == "id" and value else value for name, value in raw.items()}


def _reference(name: str) -> dict[str, Any]:
    kind, _, external = name.partition("/")
    return {"externalId": external, "type": kind} if external else {"id": name}


def _put(body: dict[str, Any], name: str, value: str | None) -> None:
    """Set a field however the vendor spells it; None leaves it out, which in a PUT unsets it."""
    for old in [each for each in body if str(each).casefold() == name.casefold()]:
        del body[old]
    if value is not None:
        body[name] = value


def _in_order(body: Mapping[str, Any]) -> None:
    wire = EventWire.model_validate(body)
    begins, ends = instant(wire.active_from), instant(wire.active_to)
    if begins is not None and ends is not None and ends <= begins:
        raise NotSent(tr("nothing sent: Until must be later than From"))
