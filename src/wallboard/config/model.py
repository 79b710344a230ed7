"""The configuration file's shape, as pydantic models: types, names and ranges. What needs two places at once to judge
is in `check`; what is handed down is in `settings`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Union

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from wallboard.config.addresses import address
from wallboard.config.settings import DEFAULT_THEME
from wallboard.domain.command import Verb
from wallboard.domain.language import tr
from wallboard.vendors.options import Edge, SecretReference, Word

# Union for the annotated alternatives: pydantic reads tags only there.


def _plain_or_reference(value: Any) -> str:
    return "text" if isinstance(value, str) else "reference"


HeaderValue = Annotated[
    Union[Annotated[SecretReference, Tag("reference")], Annotated[str, Tag("text")]],  # noqa: UP007  # | cannot join two Annotated at run time
    Discriminator(_plain_or_reference),
]


class _Auth(Edge):
    headers: dict[str, HeaderValue] = Field({}, description="further request headers", examples=[{"X-Tenant": "north"}])


_SECRET = {"env": "HQ_SECRET"}


class BearerModel(_Auth):
    kind: Literal["bearer"]
    token: SecretReference = Field(examples=[_SECRET])


class OAuthModel(_Auth):
    kind: Literal["oauth"]
    client_id: Word = Field(examples=["app"])
    client_secret: SecretReference = Field(examples=[_SECRET])
    token_url: str = Field(
        "", description="left out: /oauth/token on the same host", examples=["https://pbx.example.net/oauth/token"]
    )
    scope: str = Field("", description="left out: none is asked for", examples=["all"])


class BasicModel(_Auth):
    kind: Literal["basic"]
    username: Word = Field(examples=["mira"])
    password: SecretReference = Field(examples=[_SECRET])


class HeaderModel(_Auth):
    kind: Literal["header"]
    name: Word = Field(examples=["API-TOKEN"])
    value: SecretReference = Field(examples=[_SECRET])


class LoginModel(_Auth):
    kind: Literal["login"]
    username: Word = Field(examples=["mira"])
    password: SecretReference = Field(examples=[_SECRET])
    domain: str = Field("", description="of the tenant", examples=["pbx.example.net"])
    style: Literal["json", "oauth"] = Field(
        "json", description="json or oauth, as the release takes it; left out: json", examples=["json"]
    )


class AmiModel(_Auth):
    kind: Literal["ami"]
    username: Word = Field(examples=["wallboard"])
    secret: SecretReference = Field(examples=[_SECRET])


class NoneModel(_Auth):
    kind: Literal["none"]


AuthModel = BearerModel | OAuthModel | BasicModel | HeaderModel | LoginModel | AmiModel | NoneModel


Seconds = Annotated[float, Field(ge=0.5, le=86_400, allow_inf_nan=False)]


class EveryModel(Edge):
    """Seconds between two readings while on screen."""

    queues: Seconds | None = Field(None, examples=[5])
    members: Seconds | None = Field(None, examples=[5])
    agents: Seconds | None = Field(None, examples=[5])
    calls: Seconds | None = Field(None, examples=[2])
    hotlines: Seconds | None = Field(None, examples=[15])
    notices: Seconds | None = Field(None, examples=[60])
    receptionists: Seconds | None = Field(None, examples=[300])
    parked: Seconds | None = Field(None, examples=[5])
    phones: Seconds | None = Field(None, examples=[30])


class SourceModel(Edge):
    name: Annotated[str, StringConstraints(pattern=r"^\w[\w.-]{0,31}$")] = Field(
        description="unique, shown on the board", examples=["hq"]
    )
    vendor: Word = Field(description="whose system it is", examples=["ringme"])
    url: str = Field("", description="address of its interface", examples=["https://pbx.example.net/api/ver1.0"])
    auth: Annotated[AuthModel, Field(discriminator="kind")] | None = Field(
        None, description="how to sign in", examples=[{"kind": "oauth", "client_id": "app", "client_secret": _SECRET}]
    )
    phone: Annotated[str, StringConstraints(max_length=80)] = Field(
        "", description="my telephone on this source", examples=["2001"]
    )
    client: str = Field("", description="discovery and the client-wide call list (ringme)", examples=["@me"])
    queues: list[Word] | None = Field(
        None, description="exactly these; left out: all that are found", examples=[["601"]]
    )
    phones: list[Word] | None = Field(
        None, description="asked per telephone; left out: the client-wide list", examples=[["201"]]
    )
    park_slots: list[Annotated[int, Field(ge=0, le=999_999)]] | None = Field(
        None, description="park into these slots; left out: plain park", examples=[[1, 2, 3]]
    )
    organization: Annotated[int, Field(ge=1)] | None = Field(None, description="organization id", examples=[77])
    people: dict[str, str] = Field({}, description="names for user ids", examples=[{"5": "K. Roth"}])
    words: dict[str, str] = Field(
        {},
        description="what further words of the vendor mean, whole and in any case: its word = a state of the board",
        examples=[{"in activation": "starting"}],
    )
    every: EveryModel = Field(
        EveryModel(), description="seconds between readings while on screen", examples=[{"calls": 2}]
    )
    budget: Annotated[int, Field(ge=1)] | None = Field(None, description="requests an hour", examples=[600])
    consoles: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None, description="so many share the account: where each begins until it sees what others use", examples=[40]
    )
    timeout: Annotated[float, Field(gt=0, le=120, allow_inf_nan=False)] | None = Field(
        None, description="seconds to wait for an answer", examples=[8]
    )
    timezone: str = Field("UTC", description="zone of times without one", examples=["Europe/Berlin"])
    region: Annotated[str, StringConstraints(pattern="^([A-Z]{2})?$")] = Field(
        "", description="country of national telephone numbers", examples=["DE"]
    )
    ca_file: str = Field("", description="certificates to trust beside the usual ones", examples=["/etc/ssl/pbx.pem"])
    insecure: bool = Field(False, description="allow plain transport beyond this machine", examples=[True])
    read_only: bool = Field(False, description="never act on this source", examples=[True])
    transfer_context: str = Field(
        "", description="dialplan context of transfers (asterisk)", examples=["from-internal"]
    )
    park_lot: str = Field("", description="parking lot (asterisk)", examples=["default"])
    wrap_up: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)] | None = Field(
        None, description="seconds of wrap-up after a call (asterisk)", examples=[15]
    )
    options: dict[str, Any] = Field({}, description="what only this vendor reads", examples=[{}])


class OperatorModel(Edge):
    name: str = Field("", description="who sits here; stands in the journal", examples=["Mira"])
    phone: str = Field("", description="rings for listen, whisper, barge and pick-up", examples=["2001"])
    may: list[Annotated[Verb, Field(strict=False)]] | None = Field(
        None, description="left out: every verb; given: exactly these", examples=[["listen", "transfer", "note"]]
    )
    idle_lock: Annotated[float, Field(gt=0, le=1440, allow_inf_nan=False)] | None = Field(
        None, description="minutes without a key after which verbs are locked; left out: never", examples=[15]
    )


class GoalModel(Edge):
    percent: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = Field(
        80, description="of the callers", examples=[80]
    )
    seconds: Annotated[int, Field(ge=1, le=86_400)] = Field(20, description="answered within", examples=[20])
    formula: Literal[
        "live", "answered", "positive", "negative", "ignored", "genesys", "ringcentral", "flex", "vendor"
    ] = Field("live", description="how callers who gave up count", examples=["live"])
    window: Annotated[str, StringConstraints(pattern=r"^([1-9][0-9]{0,3}m|today)$")] = Field(
        "60m", description='over which time: minutes such as "60m", or "today"', examples=["60m"]
    )


class DayModel(Edge):
    start: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        "00:00", description='when "today" begins', examples=["06:00"]
    )
    zone: str = Field("", description="in which time zone; left out: this machine's", examples=["Europe/Berlin"])


Count = Annotated[int, Field(ge=0, le=86_400)]
Limit = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class LimitsModel(Edge):
    waiting: Count | None = Field(None, description="from so many callers on", examples=[3])
    longest: Count | None = Field(None, description="from so many seconds on", examples=[60])
    ready: Count | None = Field(None, description="at so few ready agents", examples=[0])
    service: Percent | None = Field(None, description="at a service level of so many per cent or less", examples=[65])
    lost_percent: Percent | None = Field(None, description="from so many per cent of lost callers on", examples=[10])


class AgentModel(Edge):
    """Seconds after which an agent's row is marked."""

    break_: Limit | None = Field(None, alias="break", description="on a break; left out: 900", examples=[900])
    wrap_up: Limit | None = Field(None, description="in wrap-up; left out: 120", examples=[120])
    talk: Limit | None = Field(None, description="on a call; left out: 1800", examples=[1800])
    ring: Limit | None = Field(None, description="being rung; left out: 40", examples=[40])
    hold: Limit | None = Field(None, description="with a caller on hold; left out: 180", examples=[180])


class QueueModel(Edge):
    match: Word = Field(description="name or id, with * and ?", examples=["Sales*"])
    goal: GoalModel | None = Field(
        None, description="service level", examples=[{"percent": 80, "seconds": 20, "formula": "live", "window": "60m"}]
    )
    day: DayModel | None = Field(
        None, description="when the day of its figures begins", examples=[{"start": "06:00", "zone": "Europe/Berlin"}]
    )
    warn: LimitsModel | None = Field(None, description="limits of a warning", examples=[{"waiting": 3, "longest": 60}])
    alarm: LimitsModel | None = Field(
        None, description="limits of an alarm", examples=[{"waiting": 6, "longest": 120, "ready": 0}]
    )
    agent: AgentModel | None = Field(
        None, description="seconds after which its agents' rows are marked", examples=[{"break": 900, "wrap_up": 120}]
    )
    priority: Literal[1, 2, 3] = Field(
        2, description="1 high, 2 normal, 3 low: order, bell and alarm line", examples=[1]
    )


class FavouriteModel(Edge):
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(
        description="what the picker shows", examples=["Night desk"]
    )
    number: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(
        description="what is dialled", examples=["8100"]
    )
    source: str = Field("", description="only from this source", examples=["branch"])


class RouteModel(Edge):
    origin: Word = Field(alias="from", description="name of the source that dials", examples=["hq"])
    to: Word = Field(description="name of the source whose extensions are reached", examples=["branch"])
    prefix: Annotated[str, StringConstraints(pattern=r"^\+?[0-9*#]{0,20}$")] = Field(
        "", description="what is dialled before them", examples=["88"]
    )


class KnownModel(Edge):
    number: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(
        description="in any writing; with the code of its country", examples=["+49 30 111222"]
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)] = Field(
        description="how callers from it are called", examples=["Northwind"]
    )
    star: bool = Field(False, description="marked with a star", examples=[True])
    longest: Count | None = Field(None, description="seconds that they may wait, whatever the queue", examples=[30])


Pane = Literal["queues", "members", "agents", "calls", "hotlines", "notices", "receptionists", "parked"]


class ViewModel(Edge):
    name: Word = Field(description="what `V` and `:view` call it", examples=["night"])
    queues: list[Word] = Field([], description="names or ids, with * and ?; left out: all", examples=[["Night*"]])
    sources: list[Word] = Field([], description="left out: all", examples=[["hq"]])
    panes: list[Pane] = Field([], description="left out: all", examples=[["queues", "members", "hotlines"]])
    filter: str = Field("", description="as typed after `/`, in each pane that has its fields", examples=["-roster"])
    sort: dict[Pane, Word] = Field(
        {}, description="the column of a pane that it is sorted by", examples=[{"members": "wait"}]
    )


Delay = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]


class AlarmModel(Edge):
    bell: bool = Field(False, description="ring the terminal's bell", examples=[True])
    quiet: list[str] = Field([], description="spans without a bell", examples=[["22:00-06:00"]])
    notify: bool = Field(
        False, description="name new alarms in the terminal's title and to its desktop (OSC 9)", examples=[True]
    )
    on_delay: Delay = Field(5, description="seconds that a condition lasts before it is an alarm", examples=[5])
    off_delay: Delay = Field(15, description="seconds that it is absent before the alarm is over", examples=[15])
    deadband: Annotated[float, Field(ge=0, le=0.9, allow_inf_nan=False)] = Field(
        0.2, description="share of the limit by which a value must be better before it counts as absent", examples=[0.2]
    )
    again: Annotated[float, Field(ge=30, le=86_400, allow_inf_nan=False)] = Field(
        300, description="seconds until an acknowledged one that is still there asks again", examples=[300]
    )


class HistoryModel(Edge):
    keep: Annotated[float, Field(ge=0, le=3660, allow_inf_nan=False)] = Field(
        90, description="days; 0 writes no history", examples=[90]
    )


class AuditModel(Edge):
    forward: Literal["journald", "syslog", "nats"] | None = Field(
        None,
        description="where each record of the action journal also goes, after it stands in the file",
        examples=["journald"],
    )
    socket: Annotated[str, StringConstraints(pattern="^(/.+)?$")] = Field(
        "", description="of that log; left out: /run/systemd/journal/socket or /dev/log", examples=["/dev/log"]
    )


class PrivacyModel(Edge):
    mask: list[Literal["wall", "web", "record", "report"]] = Field(
        ["web", "record"],
        description="where telephone numbers show their last three digits alone",
        examples=[["wall", "report"]],
    )


class WebModel(Edge):
    token: SecretReference | None = Field(
        None,
        description="what `wallboard web` is opened with, at least 16 characters; left out: made anew at each start "
        "where others than this machine can reach it",
        examples=[{"file": "web.token"}],
    )
    names: list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$")]] = Field(
        [],
        description="hosts under which browsers reach it beside its own, as behind a proxy",
        examples=[["board.example.net"]],
    )
    viewers: Annotated[int, Field(ge=1, le=200)] = Field(20, description="browsers at once", examples=[20])


class NatsLoginModel(Edge):
    kind: Literal["nats"]
    username: Word = Field(examples=["desk"])
    password: SecretReference = Field(examples=[{"file": "bus.secret"}])


class CredsModel(Edge):
    kind: Literal["creds"]
    file: Word = Field(description="a JWT and its key, as `nsc` writes them", examples=["desk.creds"])


class NkeyModel(Edge):
    kind: Literal["nkey"]
    seed: SecretReference = Field(examples=[{"file": "desk.nk"}])


class ShareModel(Edge):
    url: list[Word] = Field(
        description="NATS servers with JetStream; nats:// only to loopback unless insecure = true",
        examples=[["tls://bus.example.net:4222"]],
        min_length=1,
    )
    auth: Annotated[NatsLoginModel | CredsModel | NkeyModel, Field(discriminator="kind")] | None = Field(
        None,
        description="how to sign in; left out: without a name",
        examples=[{"kind": "nats", "username": "desk", "password": {"file": "bus.secret"}}],
    )
    site: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")] = Field(
        "site", description="whose consoles share, in small letters, digits and -", examples=["north"]
    )
    role: Literal["auto", "view", "serve"] = Field(
        "auto", description="auto: reads the accounts while nobody better does; view: never reads", examples=["view"]
    )
    fallback: Literal["direct", "wait"] = Field(
        "direct", description="without the bus: read seldom by oneself, or show what is known", examples=["wait"]
    )
    actions: Literal["direct", "executor"] = Field(
        "direct",
        description="direct: from each console to the vendor; executor: `serve` acts, consoles hold no secret of it",
        examples=["direct"],
    )
    ca_file: str = Field("", description="of a private certificate authority", examples=["bus-ca.pem"])
    insecure: bool = Field(False, description="nats:// to other machines, on a line that is protected otherwise")


def _address(value: str) -> str:
    if address(value) is None:
        hint = tr("write a host and a port, such as {example}", example='"127.0.0.1:9108"')
        raise PydanticCustomError("hinted", tr("is no address to listen on"), {"hint": hint})
    return value


Listen = Annotated[str, AfterValidator(_address)]


class HookModel(Edge):
    listen: Listen = Field(description="where they arrive on this machine", examples=["127.0.0.1:9080"])
    url: Word = Field(
        description="as the vendor reaches it: https, by a proxy that leads to `listen`",
        examples=["https://hooks.example.net/wb"],
    )


class ServeModel(Edge):
    metrics: Listen | None = Field(
        None, description="where /healthz and /metrics are; left out: nowhere", examples=["127.0.0.1:9108"]
    )
    hook: HookModel | None = Field(
        None,
        description="where vendors that can send events send them; left out: lists are polled",
        examples=[{"listen": "127.0.0.1:9080", "url": "https://hooks.example.net/wb"}],
    )


class ConfigModel(Edge):
    """The configuration file of wallboard."""

    theme: Word = Field(DEFAULT_THEME, description="`wallboard themes` lists them", examples=[DEFAULT_THEME])
    language: Literal["en", "de"] | None = Field(
        None, description="of the screen and of what commands say; left out: the terminal's locale", examples=["de"]
    )
    kiosk: bool = Field(
        False, description="the console is the wall alone, as with --kiosk: no key leaves it", examples=[True]
    )
    operator: OperatorModel = Field(OperatorModel(), examples=[{"name": "Mira", "phone": "2001"}])
    source: list[SourceModel] = Field([], description="[[source]]: one a system")
    queue: list[QueueModel] = Field([], description="[[queue]]: goals and limits; the first match wins")
    favourite: list[FavouriteModel] = Field([], description="[[favourite]]: destinations of one's own")
    known: list[KnownModel] = Field([], description="[[known]]: callers by number")
    view: list[ViewModel] = Field([], description="[[view]]: what of the board to see")
    route: list[RouteModel] = Field([], description="[[route]]: how one source reaches another's extensions")
    keys: dict[str, str] = Field({}, description='action id = "key,key"', examples=[{"call.hangup": "X"}])
    alarm: AlarmModel = Field(AlarmModel(), examples=[{"bell": True}])
    history: HistoryModel = Field(HistoryModel(), examples=[{"keep": 90}])
    audit: AuditModel = Field(AuditModel(), examples=[{"forward": "journald"}])
    privacy: PrivacyModel = Field(PrivacyModel(), examples=[{"mask": ["wall", "report"]}])
    web: WebModel = Field(WebModel(), examples=[{"token": {"file": "web.token"}}])
    share: ShareModel | None = Field(None, description="left out: this console reads by itself")
    serve: ServeModel = Field(ServeModel(), examples=[{"metrics": "127.0.0.1:9108"}])
