"""The configuration, laid together and checked: every fault with its line, what is wrong and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import reduce
from pathlib import Path as File
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from wallboard.config import keymap
from wallboard.config.addresses import address
from wallboard.config.check import check, span
from wallboard.config.explain import Finding, findings
from wallboard.config.layers import Layer, Place
from wallboard.config.lines import Path
from wallboard.config.model import (
    AuthModel,
    ConfigModel,
    CredsModel,
    DayModel,
    GoalModel,
    NatsLoginModel,
    NkeyModel,
    ServeModel,
    SourceModel,
)
from wallboard.config.paths import SITE_VARIABLE, Site, named, there
from wallboard.config.reading import ConfigErrors, file_layer, text_layer
from wallboard.config.secrets import resolver
from wallboard.config.settings import AlarmSettings, Config, Hook, Operator, ServeSettings, Share, WebSettings
from wallboard.config.user_keys import is_creds, is_seed, lacks
from wallboard.config.vendors import options_of, rules_of
from wallboard.domain.errors import ConfigError
from wallboard.domain.keys import Resource
from wallboard.domain.known import Known
from wallboard.domain.language import tr
from wallboard.domain.places import Favourite, Route
from wallboard.domain.records import dataclass
from wallboard.domain.rules import AgentLimits, Day, Goal, Limits, QueueRule
from wallboard.domain.text import clean
from wallboard.domain.views import View
from wallboard.vendors.base import (
    AmiAuth,
    Auth,
    BasicAuth,
    BearerAuth,
    HeaderAuth,
    LoginAuth,
    NoAuth,
    OAuthAuth,
    Secret,
    SourceSettings,
)
from wallboard.vendors.options import Reference

_AS_IT_IS = {field.name for field in fields(SourceSettings)} & set(SourceModel.model_fields) - {
    *("url", "auth", "phone", "every", "ca_file", "options")
}
"""Settings of a source that are handed down as the file says them."""


T = TypeVar("T")


class Secrets(NamedTuple):
    """Of a configuration: its sources with theirs in their order, the bus of the site, the token of `[web]`; instead of
    each, why its secret cannot be had."""

    sources: Sequence[SourceSettings | ConfigError]
    share: Share | ConfigError | None
    web: Secret | ConfigError | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A configuration without faults. Its secrets are still references: `config()` resolves them. `path` is the
    person's file, which need not be there where `files`, those that were read, have one of the site."""

    path: File
    files: tuple[File, ...]
    model: ConfigModel
    places: Mapping[Path, Place]

    def where(self, *path: str | int) -> str:
        """`file:line` of a key, or of the nearest table above it that is written down."""
        return str(_place(self.places, path))

    def directory(self, *path: str | int) -> File:
        """Where relative paths begin in what stands there."""
        return _place(self.places, path).directory

    def config(self, *, serves: bool = False, shares: bool = False) -> Config:
        """Everything as plain dataclasses with every secret resolved. Raises `ConfigErrors` with all that failed.
        `serves`: for `wallboard serve`, which needs those of the vendors also where consoles hold none; `shares`: for
        who takes part in the bus, and needs what speaks to it."""
        resolve = self._resolver()
        found = self._unread() if self.remote and not serves else self._sources(resolve)
        errors = [each for each in found if isinstance(each, ConfigError)]
        share = None
        try:
            share = self._share(resolve)
            if share is not None and (shares or serves or share.remote) and lacks():
                raise ConfigError(
                    tr("what speaks to the bus is not installed"),
                    where=self.where("share"),
                    hint=tr("sharing needs the extra [share]: pip install {package}", package="'wallboard[share]'"),
                )
        except ConfigError as error:
            errors.append(error)
        if errors:
            raise ConfigErrors(errors)
        return replace(self._rest(tuple(each for each in found if isinstance(each, SourceSettings))), share=share)

    @property
    def remote(self) -> bool:
        """Whether consoles of this configuration hold no secret of the vendors."""
        share = self.model.share
        return share is not None and share.actions == "executor" and share.role != "serve"

    def _share(self, resolve: Callable[..., Secret]) -> Share | None:
        model = self.model.share
        if model is None:
            return None
        given = model.auth
        login = given if isinstance(given, NatsLoginModel) else None
        seed = resolve(given.seed, "share", "auth", "seed") if isinstance(given, NkeyModel) else None
        if seed is not None and not is_seed(seed.reveal()):
            raise ConfigError(
                tr("the secret is no seed of a user's nkey"),
                where=self.where("share", "auth", "seed"),
                hint=tr("it begins with SU, as `nsc` or `nk -gen user` writes it"),
            )
        return Share(
            servers=tuple(model.url),
            user=login.username if login else "",
            password=resolve(login.password, "share", "auth", "password") if login else None,
            creds=self._creds(given) if isinstance(given, CredsModel) else "",
            seed=seed,
            ca_file=str(self.directory("share", "ca_file") / named(model.ca_file)) if model.ca_file else "",
            site=model.site,
            role=model.role,
            direct=model.fallback == "direct",
            actions=model.actions,
        )

    def _creds(self, given: CredsModel) -> str:
        path = self.directory("share", "auth") / named(given.file)
        try:
            wrong = "" if is_creds(path) else tr("{file!r} holds no JWT with the seed of its user", file=given.file)
        except OSError as error:
            wrong = tr("{file!r} cannot be read: {why}", file=given.file, why=error.strerror)
        if wrong:
            hint = tr("name the file that `nsc generate creds` writes")
            raise ConfigError(wrong, where=self.where("share", "auth", "file"), hint=hint)
        return str(path)

    def unsigned(self) -> Config:
        """The same without reading any secret, for who shows what another reads: of each source its name, vendor and
        country."""
        return self._rest(
            tuple(SourceSettings(each.name, each.vendor, "", region=each.region) for each in self.model.source)
        )

    def secrets(self) -> Secrets:
        """Every secret, read now; where one cannot be had, why."""
        resolve = self._resolver()

        def tried(read: Callable[[], T]) -> T | ConfigError:
            try:
                return read()
            except ConfigError as error:
                return error

        web = self.model.web.token
        return Secrets(
            self._unread() if self.remote else self._sources(resolve),
            tried(lambda: self._share(resolve)),
            tried(lambda: None if web is None else resolve(web, "web", "token")),
        )

    def web_token(self) -> Secret | None:
        """The token of `[web]`, read now; None where there is none. Raises ConfigError."""
        given = self.model.web.token
        return None if given is None else self._resolver()(given, "web", "token")

    def _unread(self) -> list[SourceSettings | ConfigError]:
        """Each source without its secrets, which nobody here needs: whether they can be had is not even looked at."""

        def none(reference: Reference, *path: str | int) -> Secret:
            return Secret("", public=True)

        found: list[SourceSettings | ConfigError] = []
        for each in self._sources(none, unsigned=True):
            found.append(
                replace(each, auth=NoAuth(), headers=(), options={}) if isinstance(each, SourceSettings) else each
            )
        return found

    def _sources(self, resolve: Callable[..., Secret], *, unsigned: bool = False) -> list[SourceSettings | ConfigError]:
        found: list[SourceSettings | ConfigError] = []
        for index, model in enumerate(self.model.source):
            try:
                if model.auth is None and not unsigned and self.model.share and self.model.share.actions == "executor":
                    raise ConfigError(
                        tr("{key} is missing", key="auth"),
                        where=self.where("source", index),
                        hint=tr("who acts for others needs it: write it into the configuration of `serve`"),
                    )
                found.append(self._source(index, model, resolve))
            except ConfigError as error:
                found.append(error)
        return found

    def _resolver(self) -> Callable[..., Secret]:
        """(reference, *path of its key) -> Secret: read from where the file that names it lies."""
        read = resolver()

        def resolve(reference: Reference, *path: str | int) -> Secret:
            place = _place(self.places, path)
            return read(reference, str(place), place.directory)

        return resolve

    def _source(self, index: int, model: SourceModel, resolve: Callable[..., Secret]) -> SourceSettings:
        rules = rules_of(model.vendor)
        operator = self.model.operator
        phone = model.phone
        if not phone and operator.phone and rules is not None and rules.phone is not None:
            # One's telephone at the PBX is a number in one place and a channel in another: taken over where it fits.
            fits = rules.phone.fullmatch(operator.phone) and ("/" in operator.phone) == ("/" in rules.phone_example)
            phone = operator.phone if fits else ""
        auth, headers = _auth(model.auth, lambda reference, *key: resolve(reference, "source", index, "auth", *key))
        as_it_is: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in model if name in _AS_IT_IS
        }
        return SourceSettings(
            url=(model.url or (rules.url if rules else "")).rstrip("/"),
            auth=auth,
            headers=headers,
            phone=phone,
            operator=operator.name,
            every={name: value for name, value in model.every if value is not None},
            ca_file=str(self.directory("source", index) / named(model.ca_file)) if model.ca_file else "",
            options=_options(model, lambda reference, *key: resolve(reference, "source", index, "options", *key)),
            **as_it_is,
        )

    def _rest(self, sources: tuple[SourceSettings, ...]) -> Config:
        model, may = self.model, self.model.operator.may
        return Config(
            theme=model.theme,
            operator=Operator(**dict(model.operator) | {"may": None if may is None else frozenset(may)}),
            sources=sources,
            queues=tuple(
                QueueRule(
                    queue.match,
                    _goal(queue.goal),
                    Limits() if queue.warn is None else Limits(**dict(queue.warn)),
                    Limits() if queue.alarm is None else Limits(**dict(queue.alarm)),
                    AgentLimits() if queue.agent is None else AgentLimits(**dict(queue.agent)),
                    queue.priority,
                    _day(queue.day),
                )
                for queue in model.queue
            ),
            favourites=tuple(Favourite(**dict(item)) for item in model.favourite),
            routes=tuple(Route(**dict(item)) for item in model.route),
            known=tuple(Known(item.number, clean(item.name), item.star, item.longest) for item in model.known),
            views=tuple(
                View(
                    item.name,
                    tuple(item.queues),
                    tuple(item.sources),
                    tuple(map(Resource, item.panes)),
                    item.filter,
                    tuple((Resource(pane), column) for pane, column in item.sort.items()),
                )
                for item in model.view
            ),
            keys={name: keymap.split(text) for name, text in model.keys.items()},
            alarm=AlarmSettings(
                **dict(model.alarm)
                | {"quiet": tuple(spans for text in model.alarm.quiet if (spans := span(text)) is not None)}
            ),
            kiosk=model.kiosk,
            keep=model.history.keep,
            forward=model.audit.forward,
            forward_socket=model.audit.socket,
            mask=frozenset(model.privacy.mask),
            web=WebSettings(tuple(model.web.names), model.web.viewers),
            serve=_serve(model.serve),
            path=str(self.path),
        )


def load(path: File, *, site: Site | None = None, needed: bool = True, given: Layer | None = None) -> Checked:
    """The person's file `path`, laid over the `site`'s and under what was `given` elsewhere, checked; unless it is
    `needed`, it may be missing. A file that others can change is refused, for it says where calls go and what is run.
    Raises `ConfigErrors` with every fault found."""
    if site is not None and not site.root and not there(site.path.parent):
        what = tr("there is no directory {path}", path=site.path.parent)
        hint = tr("name the one that the site's config.toml lies in, or run: unset {variable}", variable=SITE_VARIABLE)
        raise ConfigErrors([ConfigError(what, where=f"${SITE_VARIABLE}", hint=hint)])
    layers = {} if site is None else {site.path: file_layer(site.path, root=site.root)}
    if needed or there(path):
        layers[path] = file_layer(path)
    return _checked(path, tuple(layers), [*layers.values(), *([] if given is None else [given])])


def parsed(path: File, text: str) -> Checked:
    """`text` as the file `path` would hold it, checked. Raises as `load`."""
    return _checked(path, (path,), [text_layer(path, text)])


def _checked(path: File, files: tuple[File, ...], layers: Sequence[Layer]) -> Checked:
    """`layers` as one configuration, what lies lowest first."""
    whole = reduce(lambda lower, upper: upper.over(lower), layers)
    data, places = whole.data, whole.places
    found: list[Finding] = []
    model: ConfigModel | None = None
    try:
        model = ConfigModel.model_validate(data)
    except ValidationError as error:
        found.extend(findings(error, data))
    found.extend(check(data, lambda *path: _place(places, path).directory))
    if found or model is None:
        order = {str(file): number for number, file in enumerate(files)}
        numbered = {(_place(places, finding.path), finding.what): finding for finding in found}
        raise ConfigErrors(
            [
                ConfigError(_named(finding, data), where=str(place), hint=finding.hint)
                for (place, _), finding in sorted(
                    numbered.items(), key=lambda item: (order.get(item[0][0].origin, len(order)), item[0][0].line)
                )
            ]
        )
    return Checked(path, files, model, places)


def _named(finding: Finding, data: Mapping[str, Any]) -> str:
    """The fault, with the name of the source, queue or favourite that it is in."""
    path = finding.path
    if len(path) < 2 or not isinstance(path[1], int):
        return f"[{path[0]}] {finding.what}" if len(path) > 1 else finding.what
    items = data.get(str(path[0]))
    item = items[path[1]] if isinstance(items, list) else None
    name = next(
        (item[key] for key in ("name", "match") if isinstance(item, dict) and isinstance(item.get(key), str)), ""
    )
    return f"[[{path[0]}]] {name!r}: {finding.what}" if name else f"[[{path[0]}]] {path[1] + 1}: {finding.what}"


def _place(places: Mapping[Path, Place], path: Path) -> Place:
    while path not in places:
        path = path[:-1]
    return places[path]


def _goal(model: GoalModel | None) -> Goal | None:
    if model is None:
        return None
    window = None if model.window == "today" else 60.0 * int(model.window.removesuffix("m"))
    return Goal(model.percent, model.seconds, model.formula, window)


def _day(model: DayModel | None) -> Day:
    if model is None:
        return Day()
    hours, minutes = model.start.split(":")
    return Day(3600.0 * int(hours) + 60.0 * int(minutes), ZoneInfo(model.zone) if model.zone else None)


def _serve(model: ServeModel) -> ServeSettings:
    metrics = None if model.metrics is None else address(model.metrics)
    listen = None if model.hook is None else address(model.hook.listen)
    hook = None if model.hook is None or listen is None else Hook(listen, model.hook.url.rstrip("/"))
    return ServeSettings(metrics, hook)


def _options(model: SourceModel, secret: Callable[..., Secret]) -> Mapping[str, Any]:
    """The vendor's own settings with their defaults, secrets resolved."""
    declared = options_of(model.vendor)
    return dict(model.options) if declared is None else _resolved(declared.model_validate(model.options), secret)


def _auth(model: AuthModel | None, secret: Callable[..., Secret]) -> tuple[Auth, tuple[tuple[str, Secret], ...]]:
    if model is None:
        return NoAuth(), ()
    headers = tuple(
        (name, Secret(value, public=True) if isinstance(value, str) else secret(value, "headers", name))
        for name, value in model.headers.items()
    )
    values = _resolved(model, secret)
    del values["kind"], values["headers"]
    return _AUTH[model.kind](**values), headers


_AUTH: Mapping[str, Callable[..., Auth]] = {
    "bearer": BearerAuth,
    "oauth": OAuthAuth,
    "basic": BasicAuth,
    "header": HeaderAuth,
    "login": LoginAuth,
    "ami": AmiAuth,
    "none": NoAuth,
}


def _resolved(table: BaseModel, secret: Callable[..., Secret]) -> dict[str, Any]:
    return {name: secret(value, name) if isinstance(value, Reference) else value for name, value in table}
