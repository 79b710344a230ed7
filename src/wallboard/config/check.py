"""What the types cannot tell: names that must differ or exist, addresses, keys, and what fits which vendor."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path as File
from typing import Any

from pydantic import BaseModel, ValidationError

from wallboard.config import keymap
from wallboard.config.explain import Finding, findings
from wallboard.config.lines import Path
from wallboard.config.model import (
    FavouriteModel,
    HeaderModel,
    KnownModel,
    OAuthModel,
    QueueModel,
    RouteModel,
    SourceModel,
    ViewModel,
)
from wallboard.config.paths import named
from wallboard.config.vendors import BROKEN, COMMON, bad_url, options_of, rules_of
from wallboard.domain.numbers import is_number
from wallboard.domain.suggestion import meant
from wallboard.domain.text import clean
from wallboard.domain.words import LONGEST, spelling
from wallboard.vendors import registry
from wallboard.vendors.plugin import SourceRules


def check(data: Mapping[str, Any], directory: File) -> Iterator[Finding]:
    """Every fault beyond types in the TOML `data` of a file in `directory`. Parts of a wrong type are passed over:
    what is wrong there has been said."""
    sources = list(_valid(data, "source", SourceModel))
    if not data.get("source"):
        yield Finding(
            (), "there is no [[source]]", "add one: `wallboard init` writes examples; or try `wallboard demo`"
        )
    named = yield from _identities(data)
    for path, source, raw in sources:
        rules = rules_of(source.vendor)
        if rules is not None:
            yield from _fields(path, source, raw, rules)
            yield from _transport(path, source, rules)
            yield from _auth(path, source, rules)
            yield from _values(path, source, directory)
            yield from _words(path, source, rules)
    for path, queue, _ in _valid(data, "queue", QueueModel):
        yield from _queue(path, queue)
    for path, known, _ in _valid(data, "known", KnownModel):
        if not is_number(known.number):
            yield Finding((*path, "number"), f"{known.number!r} is no number", 'write number = "+49 30 111222"')
    for path, favourite, _ in _valid(data, "favourite", FavouriteModel):
        if favourite.source and favourite.source not in named:
            yield Finding((*path, "source"), f"there is no source {favourite.source!r}", meant(favourite.source, named))
        if not re.fullmatch(r"[+]?[\w*#.@:/() -]+", favourite.number) or favourite.number != favourite.number.strip():
            yield Finding((*path, "number"), f"number {favourite.number!r} cannot be dialled", 'write number = "8100"')
    yield from _views(data, named)
    yield from _routes(data, named)
    keys = data.get("keys")
    if isinstance(keys, dict):
        for problem in keymap.problems({name: text for name, text in keys.items() if isinstance(text, str)}):
            yield Finding(("keys", problem.id), problem.what, problem.hint)
    yield from _alarm(data)


def _valid(data: Mapping[str, Any], key: str, model: type[BaseModel]) -> Iterator[tuple[Path, Any, Mapping[str, Any]]]:
    items = data.get(key)
    for index, raw in enumerate(items if isinstance(items, list) else ()):
        try:
            yield (key, index), model.model_validate(raw), raw
        except ValidationError:
            continue


def _identities(data: Mapping[str, Any]) -> Generator[Finding, None, list[str]]:
    """Names and vendors, also of sources in which something else is wrong. Returns the names."""
    named: list[str] = []
    items = data.get("source")
    for index, raw in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(raw, dict):
            continue
        path: Path = ("source", index)
        name, vendor = raw.get("name"), raw.get("vendor")
        if isinstance(name, str):
            if name.casefold() in [other.casefold() for other in named]:
                yield Finding((*path, "name"), f"there is another source called {name!r}", "give each its own name")
            named.append(name)
        if not isinstance(vendor, str) or not vendor:
            continue
        if vendor not in registry.names():
            yield Finding((*path, "vendor"), f"there is no vendor {vendor!r}", meant(vendor, registry.names()))
    return named


def _fields(path: Path, source: SourceModel, raw: Mapping[str, Any], rules: SourceRules) -> Iterator[Finding]:
    for key in raw if rules is not BROKEN else ():
        if key not in COMMON | rules.fields:
            others = [vendor for vendor in registry.BUILT_IN if key in registry.load(vendor).rules.fields]
            listed = " and ".join(filter(None, (", ".join(others[:-1]), *others[-1:])))
            what = f"{source.vendor} has no {key}: it is for {listed}" if others else f"{source.vendor} has no {key}"
            yield Finding((*path, key), what, "leave it out")
    yield from _options(path, source)
    for key in sorted(rules.required - set(raw)):
        info = SourceModel.model_fields[key]
        yield Finding(path, f"{key} is missing", f"write {key} = {(info.examples or [''])[0]}")
    if source.phone and rules.phone is not None and not rules.phone.fullmatch(source.phone):
        what = f"phone {source.phone!r} is no telephone of {source.vendor}"
        yield Finding((*path, "phone"), what, f'write phone = "{rules.phone_example}"')


def _options(path: Path, source: SourceModel) -> Iterator[Finding]:
    model = options_of(source.vendor)
    if model is None:
        return
    try:
        model.model_validate(source.options)
    except ValidationError as error:
        for found in findings(error, source.options, model):
            what = found.what.replace("unknown key", "unknown option")
            yield Finding((*path, "options", *found.path), what, found.hint)


def _transport(path: Path, source: SourceModel, rules: SourceRules) -> Iterator[Finding]:
    if not source.url:
        if not rules.url:
            yield Finding(
                (*path, "url") if "url" in source.model_fields_set else path,
                "url is missing",
                f'write url = "{rules.example}"',
            )
        return
    if wrong := bad_url(source.url, rules.schemes, rules.example, source.insecure):
        yield Finding((*path, "url"), *wrong)


def _auth(path: Path, source: SourceModel, rules: SourceRules) -> Iterator[Finding]:
    auth = source.auth
    if auth is None:
        if rules is not BROKEN:
            yield Finding(path, "auth is missing", f"write auth = {_AUTH[rules.auth[0]]}")
        return
    if auth.kind not in rules.auth:
        what = f"{source.vendor} does not sign in by {auth.kind!r}"
        yield Finding((*path, "auth", "kind"), what, f"write auth = {_AUTH[rules.auth[0]]}")
        return
    if isinstance(auth, OAuthModel) and auth.token_url:
        example = "https://pbx.example.net/oauth/token"
        if wrong := bad_url(auth.token_url, ("https", "http"), example, source.insecure):
            yield Finding((*path, "auth", "token_url"), wrong[0].replace("url", "token_url", 1), wrong[1])
    if isinstance(auth, HeaderModel):
        if rules.headers and auth.name.casefold() not in {name.casefold() for name in rules.headers}:
            what = f"{source.vendor} does not know the header {auth.name!r}"
            named = " or ".join(f'"{name}"' for name in rules.headers)
            yield Finding((*path, "auth", "name"), what, f"write name = {named}")
        elif not _HEADER.fullmatch(auth.name):
            yield Finding((*path, "auth", "name"), f"{auth.name!r} is no header name", 'write name = "API-TOKEN"')
    for name, value in auth.headers.items():
        where = (*path, "auth", "headers", name)
        if not _HEADER.fullmatch(name) or name.casefold() in _OURS:
            yield Finding(where, f"the header {name!r} cannot be set", "leave it out")
        elif isinstance(value, str):
            if _SECRETIVE.search(name):
                hint = f'write {name} = {{ env = "NAME" }}, and change it if others could read this file'
                yield Finding(where, f"headers.{name} looks like a secret written into the file", hint)
            elif not value.isascii() or not value.isprintable():
                yield Finding(where, f"headers.{name} holds a character that no header carries", "write plain ASCII")


_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "content-type"})
_SECRETIVE = re.compile(r"auth|token|key|secret|cookie|passw|credential|session", re.IGNORECASE)
_AUTH = {
    "oauth": '{ kind = "oauth", client_id = "app", client_secret = { env = "HQ_SECRET" } }',
    "header": '{ kind = "header", name = "API-TOKEN", value = { env = "GROUPALARM_TOKEN" } }',
    "basic": '{ kind = "basic", username = "mira", password = { env = "CC_PASSWORD" } }',
    "login": '{ kind = "login", username = "mira", password = { env = "PBX_PASSWORD" }, domain = "pbx.example.net" }',
    "ami": '{ kind = "ami", username = "wallboard", secret = { env = "AMI_SECRET" } }',
}


def _values(path: Path, source: SourceModel, directory: File) -> Iterator[Finding]:
    for user in source.people:
        if not re.fullmatch(r"[0-9]{1,19}", user):
            yield Finding((*path, "people", user), f"{user!r} is no user id", 'write people = { 5 = "K. Roth" }')
    if source.timezone != "UTC":
        yield from _zone((*path, "timezone"), source.timezone)
    if source.ca_file:
        certificates = directory / named(source.ca_file)
        if not certificates.is_file():
            yield Finding((*path, "ca_file"), f"there is no file {source.ca_file!r}", "write the path of a PEM file")
    for key in ("queues", "phones", "park_slots"):
        values = getattr(source, key) or []
        for index, value in enumerate(values):
            if value in values[:index]:
                yield Finding((*path, key, index), f"{key} names {value!r} twice", "name it once")
            if isinstance(value, str) and not value.isprintable():
                yield Finding((*path, key, index), f"{key} holds a control character", "write plain text")
    for key in ("phone", "client", "transfer_context", "park_lot"):
        if not str(getattr(source, key)).isprintable():
            yield Finding((*path, key), f"{key} holds a control character", "write plain text")


def _words(path: Path, source: SourceModel, rules: SourceRules) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for word, meaning in source.words.items():
        where = (*path, "words", word)
        if not spelling(word) or not word.isprintable() or len(word) > LONGEST:
            yield Finding(where, f"words names {clean(word, 40)!r}, which is no word", "write it as the vendor does")
        elif rules.words and meaning not in rules.words:
            yield Finding(where, f"{word!r} cannot mean {meaning!r}", meant(meaning, rules.words))
        elif seen.setdefault(spelling(word), meaning) != meaning:
            yield Finding(where, f"{word!r} has another meaning above, and case does not count", "keep one")


def _zone(path: Path, name: str) -> Iterator[Finding]:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        yield Finding(
            path, f"there is no time zone {name!r}", meant(name, sorted(available_timezones()), 'write "UTC"')
        )


def _queue(path: Path, queue: QueueModel) -> Iterator[Finding]:
    unclosed = re.search(r"\[(?!!?.[^\]]*\])", queue.match)
    if unclosed or not queue.match.isprintable():
        what = (
            f"match {queue.match!r} opens a [ that it does not close" if unclosed else "match holds a control character"
        )
        yield Finding((*path, "match"), what, 'write match = "Sales*", or "[[]" for the bracket itself')
    if queue.day is not None and queue.day.zone:
        yield from _zone((*path, "day", "zone"), queue.day.zone)
    if not (queue.model_fields_set - {"match"}):
        what = f"the rule for {queue.match!r} says nothing"
        yield Finding(path, what, "add goal, day, warn, alarm, agent or priority, or leave it out")
    if queue.warn is None or queue.alarm is None:
        return
    for name, warn in queue.warn:
        alarm = getattr(queue.alarm, name)
        sign, lies = (-1, "below") if name in ("ready", "service") else (1, "above")
        if warn is not None and alarm is not None and sign * warn > sign * alarm:
            what = f"warn.{name} {warn:g} lies {lies} alarm.{name} {alarm:g}"
            yield Finding((*path, "warn", name), what, "let the warning come before the alarm")


def _views(data: Mapping[str, Any], named: Sequence[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for path, view, _ in _valid(data, "view", ViewModel):
        if view.name in seen:
            yield Finding((*path, "name"), f"there is another view {view.name!r}", "give each a name of its own")
        seen.add(view.name)
        for index, name in enumerate(view.sources):
            if name not in named:
                yield Finding((*path, "sources", index), f"there is no source {name!r}", meant(name, named))


def _routes(data: Mapping[str, Any], named: Sequence[str]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for path, route, _ in _valid(data, "route", RouteModel):
        for key, name in (("from", route.origin), ("to", route.to)):
            if name not in named:
                yield Finding((*path, key), f"there is no source {name!r}", meant(name, named))
        if route.origin == route.to:
            yield Finding((*path, "to"), f"the route leads from {route.to!r} to itself", "name two sources")
        elif (route.origin, route.to) in seen:
            yield Finding(path, f"there is another route from {route.origin!r} to {route.to!r}", "keep one")
        seen.add((route.origin, route.to))


_SPAN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]):([0-5]\d)")


def span(text: str) -> tuple[int, int] | None:
    """`"22:00-06:00"` as minutes of the day, or None."""
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return None if start == end else (start, end)


def _alarm(data: Mapping[str, Any]) -> Iterator[Finding]:
    alarm = data.get("alarm")
    quiet = alarm.get("quiet") if isinstance(alarm, dict) else None
    for index, text in enumerate(quiet if isinstance(quiet, list) else ()):
        if isinstance(text, str) and span(text) is None:
            hint = 'write quiet = ["22:00-06:00"]'
            yield Finding(("alarm", "quiet", index), f"{text!r} is no span of time", hint)
