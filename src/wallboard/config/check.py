"""What the types cannot tell: names that must differ or exist, addresses, keys, and what fits which vendor."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path as File
from typing import Any

from pydantic import BaseModel, ValidationError

from wallboard.config import keymap
from wallboard.config.addresses import address, clash
from wallboard.config.explain import Finding, findings, to_write
from wallboard.config.lines import Path
from wallboard.config.model import (
    CredsModel,
    FavouriteModel,
    HeaderModel,
    KnownModel,
    OAuthModel,
    QueueModel,
    RouteModel,
    ServeModel,
    ShareModel,
    SourceModel,
    ViewModel,
)
from wallboard.config.paths import named
from wallboard.config.vendors import BROKEN, COMMON, bad_url, options_of, rules_of
from wallboard.domain.language import tr
from wallboard.domain.numbers import is_number
from wallboard.domain.suggestion import meant
from wallboard.domain.text import clean
from wallboard.domain.words import LONGEST, spelling
from wallboard.vendors import registry
from wallboard.vendors.plugin import SourceRules


def check(data: Mapping[str, Any], directory: Callable[..., File]) -> Iterator[Finding]:
    """Every fault beyond types in the TOML `data`; `directory(*path)` is where the file lies that says what stands at
    `path`. Parts of a wrong type are passed over: what is wrong there has been said."""
    sources = list(_valid(data, "source", SourceModel))
    if not data.get("source"):
        yield Finding(
            (), tr("there is no [[source]]"), tr("add one: `wallboard init` writes examples; or try `wallboard demo`")
        )
    named = yield from _identities(data)
    share = data.get("share")
    # Whose consoles hold no secret need not say how to sign in.
    remote = isinstance(share, dict) and share.get("actions") == "executor" and share.get("role") != "serve"
    for path, source, raw in sources:
        rules = rules_of(source.vendor)
        if rules is not None:
            yield from _fields(path, source, raw, rules)
            yield from _transport(path, source, rules)
            if not (remote and source.auth is None):
                yield from _auth(path, source, rules)
            yield from _values(path, source, directory(*path))
            yield from _words(path, source, rules)
    for path, queue, _ in _valid(data, "queue", QueueModel):
        yield from _queue(path, queue)
    for path, known, _ in _valid(data, "known", KnownModel):
        if not is_number(known.number):
            yield Finding(
                (*path, "number"),
                tr("{number!r} is no number", number=known.number),
                to_write('number = "+49 30 111222"'),
            )
    for path, favourite, _ in _valid(data, "favourite", FavouriteModel):
        if favourite.source and favourite.source not in named:
            yield Finding(
                (*path, "source"),
                tr("there is no source {source!r}", source=favourite.source),
                meant(favourite.source, named),
            )
        if not re.fullmatch(r"[+]?[\w*#.@:/() -]+", favourite.number) or favourite.number != favourite.number.strip():
            yield Finding(
                (*path, "number"),
                tr("number {number!r} cannot be dialled", number=favourite.number),
                to_write('number = "8100"'),
            )
    yield from _share(data, directory)
    yield from _audit(data)
    yield from _hook(data)
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
                yield Finding(
                    (*path, "name"),
                    tr("there is another source called {name!r}", name=name),
                    tr("give each its own name"),
                )
            named.append(name)
        if not isinstance(vendor, str) or not vendor:
            continue
        if not registry.known(vendor):
            yield Finding(
                (*path, "vendor"), tr("there is no vendor {vendor!r}", vendor=vendor), meant(vendor, registry.names())
            )
    return named


def _fields(path: Path, source: SourceModel, raw: Mapping[str, Any], rules: SourceRules) -> Iterator[Finding]:
    for key in raw if rules is not BROKEN else ():
        if key not in COMMON | rules.fields:
            others = [vendor for vendor in registry.BUILT_IN if key in registry.load(vendor).rules.fields]
            listed = tr(" and ").join(filter(None, (", ".join(others[:-1]), *others[-1:])))
            what = (
                tr("{vendor} has no {key}: it is for {listed}", vendor=source.vendor, key=key, listed=listed)
                if others
                else tr("{vendor} has no {key}", vendor=source.vendor, key=key)
            )
            yield Finding((*path, key), what, tr("leave it out"))
    yield from _options(path, source)
    for key in sorted(rules.required - set(raw)):
        info = SourceModel.model_fields[key]
        yield Finding(
            path,
            tr("{key} is missing", key=key),
            to_write(f"{key} = {(info.examples or [''])[0]}"),
        )
    if source.phone and rules.phone is not None and not rules.phone.fullmatch(source.phone):
        what = tr("phone {phone!r} is no telephone of {vendor}", phone=source.phone, vendor=source.vendor)
        yield Finding((*path, "phone"), what, to_write(f'phone = "{rules.phone_example}"'))


def _options(path: Path, source: SourceModel) -> Iterator[Finding]:
    model = options_of(source.vendor)
    if model is None:
        return
    try:
        model.model_validate(source.options)
    except ValidationError as error:
        for found in findings(error, source.options, model):
            yield Finding((*path, "options", *found.path), found.what, found.hint)


def _share(data: Mapping[str, Any], directory: Callable[..., File]) -> Iterator[Finding]:
    """The bus: addresses, and files that must be there."""
    raw = data.get("share")
    if not isinstance(raw, dict):
        return
    try:
        share = ShareModel.model_validate(raw)
    except ValidationError:
        return
    if share.actions == "executor" and share.role != "serve" and raw.get("fallback") == "direct":
        what = tr("a console that holds no secret of a vendor reads nothing by itself")
        yield Finding(("share", "fallback"), what, to_write('fallback = "wait"'))
    for index, url in enumerate(share.url):
        if wrong := bad_url(url, ("tls", "nats"), "tls://bus.example.net:4222", share.insecure):
            yield Finding(("share", "url", index), *wrong)
    files = {"ca_file": share.ca_file, "auth": share.auth.file if isinstance(share.auth, CredsModel) else ""}
    for key, file in files.items():
        if file and not (directory("share", key) / named(file)).is_file():
            what = tr("there is no file {file!r}", file=file)
            yield Finding(("share", key), what, tr("write its path, from the directory of this file"))


def _audit(data: Mapping[str, Any]) -> Iterator[Finding]:
    raw = data.get("audit")
    if not isinstance(raw, dict) or raw.get("forward") != "nats":
        return
    if "share" not in data:
        what = tr('forward is "nats", the bus of the site, and there is no [share]')
        yield Finding(("audit", "forward"), what, tr("name it there, or {other}", other='forward = "journald"'))
    if raw.get("socket"):
        yield Finding(("audit", "socket"), tr('socket is not for forward = "nats"'), tr("leave it out"))


def _hook(data: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        serve = ServeModel.model_validate(data.get("serve", {}))
    except ValidationError:
        return
    if serve.hook is None:
        return
    listen, metrics = address(serve.hook.listen), address(serve.metrics or "")
    if listen is not None and metrics is not None and clash(listen, metrics):
        what = tr("hook.listen {address} is where metrics are", address=listen)
        yield Finding(("serve", "hook", "listen"), what, tr("give each a port of its own"))
    url, example = serve.hook.url, "https://hooks.example.net/wb"
    wrong = bad_url(url, ("https",), example, False, "hook.url")
    # Over http comes what never leaves this machine.
    if wrong and bad_url(url, ("https", "http"), example, False):
        yield Finding(("serve", "hook", "url"), *wrong)


def _transport(path: Path, source: SourceModel, rules: SourceRules) -> Iterator[Finding]:
    if not source.url:
        if not rules.url:
            yield Finding(
                (*path, "url") if "url" in source.model_fields_set else path,
                tr("{key} is missing", key="url"),
                to_write(f'url = "{rules.example}"'),
            )
        return
    if wrong := bad_url(source.url, rules.schemes, rules.example, source.insecure):
        yield Finding((*path, "url"), *wrong)


def _auth(path: Path, source: SourceModel, rules: SourceRules) -> Iterator[Finding]:
    auth = source.auth
    if auth is None:
        if rules is not BROKEN:
            yield Finding(
                path,
                tr("{key} is missing", key="auth"),
                to_write(f"auth = {_AUTH[rules.auth[0]]}"),
            )
        return
    if auth.kind not in rules.auth:
        what = tr("{vendor} does not sign in by {kind!r}", vendor=source.vendor, kind=auth.kind)
        yield Finding((*path, "auth", "kind"), what, to_write(f"auth = {_AUTH[rules.auth[0]]}"))
        return
    if isinstance(auth, OAuthModel) and auth.token_url:
        example = "https://pbx.example.net/oauth/token"
        if wrong := bad_url(auth.token_url, ("https", "http"), example, source.insecure, "token_url"):
            yield Finding((*path, "auth", "token_url"), *wrong)
    if isinstance(auth, HeaderModel):
        if rules.headers and auth.name.casefold() not in {name.casefold() for name in rules.headers}:
            what = tr("{vendor} does not know the header {name!r}", vendor=source.vendor, name=auth.name)
            named = tr(" or ").join(f'"{name}"' for name in rules.headers)
            yield Finding((*path, "auth", "name"), what, to_write(f"name = {named}"))
        elif not _HEADER.fullmatch(auth.name):
            yield Finding(
                (*path, "auth", "name"),
                tr("{name!r} is no header name", name=auth.name),
                to_write('name = "API-TOKEN"'),
            )
    for name, value in auth.headers.items():
        where = (*path, "auth", "headers", name)
        if not _HEADER.fullmatch(name) or name.casefold() in _OURS:
            yield Finding(where, tr("the header {name!r} cannot be set", name=name), tr("leave it out"))
        elif isinstance(value, str):
            if _SECRETIVE.search(name):
                hint = tr('write {name} = {{ env = "NAME" }}, and change it if others could read this file', name=name)
                yield Finding(where, tr("headers.{name} looks like a secret written into the file", name=name), hint)
            elif not value.isascii() or not value.isprintable():
                yield Finding(
                    where,
                    tr("headers.{name} holds a character that no header carries", name=name),
                    tr("write plain ASCII"),
                )


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
            yield Finding(
                (*path, "people", user),
                tr("{user!r} is no user id", user=user),
                to_write('people = { 5 = "K. Roth" }'),
            )
    if source.timezone != "UTC":
        yield from _zone((*path, "timezone"), source.timezone)
    if source.ca_file:
        certificates = directory / named(source.ca_file)
        if not certificates.is_file():
            yield Finding(
                (*path, "ca_file"),
                tr("there is no file {file!r}", file=source.ca_file),
                tr("write the path of a PEM file"),
            )
    for key in ("queues", "phones", "park_slots"):
        values = getattr(source, key) or []
        for index, value in enumerate(values):
            if value in values[:index]:
                yield Finding(
                    (*path, key, index), tr("{key} names {value!r} twice", key=key, value=value), tr("name it once")
                )
            if isinstance(value, str) and not value.isprintable():
                yield Finding(
                    (*path, key, index), tr("{key} holds a control character", key=key), tr("write plain text")
                )
    for key in ("phone", "client", "transfer_context", "park_lot"):
        if not str(getattr(source, key)).isprintable():
            yield Finding((*path, key), tr("{key} holds a control character", key=key), tr("write plain text"))


def _words(path: Path, source: SourceModel, rules: SourceRules) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for word, meaning in source.words.items():
        where = (*path, "words", word)
        if not spelling(word) or not word.isprintable() or len(word) > LONGEST:
            yield Finding(
                where,
                tr("words names {word!r}, which is no word", word=clean(word, 40)),
                tr("write it as the vendor does"),
            )
        elif rules.words and meaning not in rules.words:
            yield Finding(
                where, tr("{word!r} cannot mean {meaning!r}", word=word, meaning=meaning), meant(meaning, rules.words)
            )
        elif seen.setdefault(spelling(word), meaning) != meaning:
            yield Finding(
                where, tr("{word!r} has another meaning above, and case does not count", word=word), tr("keep one")
            )


def _zone(path: Path, name: str) -> Iterator[Finding]:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        yield Finding(
            path,
            tr("there is no time zone {name!r}", name=name),
            meant(name, sorted(available_timezones()), to_write('"UTC"')),
        )


def _queue(path: Path, queue: QueueModel) -> Iterator[Finding]:
    unclosed = re.search(r"\[(?!!?.[^\]]*\])", queue.match)
    if unclosed or not queue.match.isprintable():
        what = (
            tr("match {match!r} opens a [ that it does not close", match=queue.match)
            if unclosed
            else tr("match holds a control character")
        )
        yield Finding((*path, "match"), what, tr('write match = "Sales*", or "[[]" for the bracket itself'))
    if queue.day is not None and queue.day.zone:
        yield from _zone((*path, "day", "zone"), queue.day.zone)
    if not (queue.model_fields_set - {"match"}):
        what = tr("the rule for {match!r} says nothing", match=queue.match)
        yield Finding(path, what, tr("add goal, day, warn, alarm, agent or priority, or leave it out"))
    if queue.warn is None or queue.alarm is None:
        return
    for name, warn in queue.warn:
        alarm = getattr(queue.alarm, name)
        sign = -1 if name in ("ready", "service") else 1
        if warn is not None and alarm is not None and sign * warn > sign * alarm:
            what = (
                tr("warn.{name} {warn:g} lies above alarm.{name} {alarm:g}", name=name, warn=warn, alarm=alarm)
                if sign == 1
                else tr("warn.{name} {warn:g} lies below alarm.{name} {alarm:g}", name=name, warn=warn, alarm=alarm)
            )
            yield Finding((*path, "warn", name), what, tr("let the warning come before the alarm"))


def _views(data: Mapping[str, Any], named: Sequence[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for path, view, _ in _valid(data, "view", ViewModel):
        if view.name in seen:
            yield Finding(
                (*path, "name"), tr("there is another view {name!r}", name=view.name), tr("give each a name of its own")
            )
        seen.add(view.name)
        for index, name in enumerate(view.sources):
            if name not in named:
                yield Finding(
                    (*path, "sources", index), tr("there is no source {name!r}", name=name), meant(name, named)
                )


def _routes(data: Mapping[str, Any], named: Sequence[str]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for path, route, _ in _valid(data, "route", RouteModel):
        for key, name in (("from", route.origin), ("to", route.to)):
            if name not in named:
                yield Finding((*path, key), tr("there is no source {name!r}", name=name), meant(name, named))
        if route.origin == route.to:
            yield Finding(
                (*path, "to"), tr("the route leads from {source!r} to itself", source=route.to), tr("name two sources")
            )
        elif (route.origin, route.to) in seen:
            yield Finding(
                path,
                tr("there is another route from {origin!r} to {source!r}", origin=route.origin, source=route.to),
                tr("keep one"),
            )
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
            hint = to_write('quiet = ["22:00-06:00"]')
            yield Finding(("alarm", "quiet", index), tr("{text!r} is no span of time", text=text), hint)
