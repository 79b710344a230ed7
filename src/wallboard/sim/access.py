"""How a console signs in to the simulation: fixed demonstration credentials and a ready configuration.

The values are no secrets: they open nothing but this simulation.
"""

from __future__ import annotations

from wallboard.sim.sites import ORGANIZATION, PEOPLE, SUPERVISOR_NUMBER

CLIENTS = {
    "wallboard-hq": ("hq", "demo-hq-3a7d"),
    "wallboard-branch": ("branch", "demo-branch-91c4"),
}
BEARERS = {"demo-bearer-hq": "hq", "demo-bearer-branch": "branch"}
GROUPALARM_TOKEN = "demo-groupalarm-77"
GROUPALARM_PERSONAL_TOKEN = "demo-groupalarm-personal"

SINCH_USERNAME, SINCH_PASSWORD, SINCH_API_KEY = "wallboard-cc", "demo-cc-52f0", "demo-cc-key-9b1d"
PORTSIP_DOMAIN = "front.example"
PORTSIP_PEOPLE = {
    "supervisor": ("demo-front-e07b", SUPERVISOR_NUMBER, "Admin"),
    "lena.hartmann": ("demo-lena-4c1f", "301", "User"),
}
"""User name → (password, extension, role)."""
PORTSIP_BEARERS = {"demo-bearer-front": "supervisor"}

_HQ, _BRANCH, _RESPONDERS = "WALLBOARD_SIM_HQ", "WALLBOARD_SIM_BRANCH", "WALLBOARD_SIM_RESPONDERS"
_CC, _CC_KEY, _FRONT = "WALLBOARD_SIM_CC", "WALLBOARD_SIM_CC_KEY", "WALLBOARD_SIM_FRONT"


def demo_environment() -> dict[str, str]:
    """Environment variables that `ready_config` refers to."""
    return {
        _HQ: CLIENTS["wallboard-hq"][1],
        _BRANCH: CLIENTS["wallboard-branch"][1],
        _RESPONDERS: GROUPALARM_TOKEN,
        _CC: SINCH_PASSWORD,
        _CC_KEY: SINCH_API_KEY,
        _FRONT: PORTSIP_PEOPLE["supervisor"][0],
    }


def demo_sources(base_url: str = "http://127.0.0.1:8900", *, push: bool = False) -> list[dict[str, object]]:
    """The `[[source]]` tables for a simulation at `base_url`; secrets are references into `demo_environment()`.

    `push` only for a simulation that is served: in process there is no websocket.
    """
    base = base_url.rstrip("/")
    address = {"push_url": base.replace("http", "ws", 1) + "/portsip/wsi"} if push else {}
    sources: list[dict[str, object]] = [
        {
            "name": "hq",
            "vendor": "ringme",
            "url": f"{base}/ringme/hq/api/ver1.0",
            "client": "@me",
            "park_slots": [1, 2, 3],
            "auth": {"kind": "oauth", "client_id": "wallboard-hq", "client_secret": {"env": _HQ}},
        },
        {
            "name": "branch",
            "vendor": "ringme",
            "url": f"{base}/ringme/branch/api/ver1.0",
            "client": "@me",
            "auth": {"kind": "oauth", "client_id": "wallboard-branch", "client_secret": {"env": _BRANCH}},
        },
        {
            "name": "responders",
            "vendor": "groupalarm",
            "url": f"{base}/groupalarm/api/v1/first-responder",
            "organization": ORGANIZATION,
            "people": {str(user): name for user, name in PEOPLE.items()},
            "auth": {"kind": "header", "name": "API-TOKEN", "value": {"env": _RESPONDERS}},
        },
        {
            "name": "cc",
            "vendor": "sinch",
            "url": f"{base}/sinch/RI/rci",
            # The story of the demonstration begins with a notice, which should not come last.
            "every": {"notices": 10},
            "auth": {
                "kind": "basic",
                "username": SINCH_USERNAME,
                "password": {"env": _CC},
                "headers": {"x-api-key": {"env": _CC_KEY}},
            },
        },
        {
            "name": "front",
            "vendor": "portsip",
            "url": f"{base}/portsip/api",
            "options": {"push": push, **address},
            "auth": {
                "kind": "login",
                "username": "supervisor",
                "password": {"env": _FRONT},
                "domain": PORTSIP_DOMAIN,
                "style": "json",
            },
        },
    ]
    # The numbers of all sites are German ones where they have no country code.
    return [source | {"region": "DE"} for source in sources]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(each)}" for name, each in value.items()) + " }"
    raise TypeError(f"no TOML form for {type(value).__name__}")


_QUEUES = """\
[[queue]]
match = "Emergency"
goal = { percent = 95, seconds = 10, formula = "live" }
warn = { waiting = 1, longest = 8 }
alarm = { waiting = 2, longest = 15, ready = 0 }

[[queue]]
match = "Sales*"
goal = { percent = 80, seconds = 20, formula = "live" }
warn = { waiting = 3, longest = 60 }
alarm = { waiting = 6, longest = 120, ready = 0 }

[[queue]]
match = "*"
goal = { percent = 80, seconds = 30, formula = "live" }
warn = { waiting = 3, longest = 60 }
alarm = { waiting = 6, longest = 150 }
"""

_FAVOURITES = """\
[[favourite]]
name = "Night desk"
number = "8100"
source = "branch"

[[favourite]]
name = "Reception"
number = "212"
source = "hq"

[[favourite]]
name = "Emergency queue"
number = "603"
source = "hq"

[[favourite]]
name = "Duty manager"
number = "+493023125990"

[[favourite]]
name = "Main menu"
number = "+4930231258100"

[[favourite]]
name = "Night menu"
number = "8101"
source = "front"

[[favourite]]
name = "Service desk"
number = "+4930231254711"

[[favourite]]
name = "Rescue hotline"
number = "+4924155662"

[[route]]
from = "hq"
to = "branch"
prefix = "88"

[[route]]
from = "hq"
to = "front"
prefix = "77"

[[route]]
from = "branch"
to = "front"
prefix = "77"

[[route]]
from = "front"
to = "hq"
prefix = "66"
"""


def ready_config(base_url: str = "http://127.0.0.1:8900", *, push: bool = False) -> str:
    """A whole configuration file (TOML) that points a console at a simulation at `base_url`; `push` as above."""
    lines = ["# A console on the simulated contact centre. Set before starting it:"]
    lines += [f"#   export {name}={value}" for name, value in demo_environment().items()]
    lines += ["", "[operator]", 'name = "Demo supervisor"', f'phone = "{SUPERVISOR_NUMBER}"', ""]
    for source in demo_sources(base_url, push=push):
        lines += ["[[source]]", *(f"{name} = {_toml(value)}" for name, value in source.items()), ""]
    return "\n".join(lines) + "\n" + _QUEUES + "\n" + _FAVOURITES
