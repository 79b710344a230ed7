"""How a console signs in to the simulation: fixed demonstration credentials and a ready configuration.

The values are no secrets: they open nothing but this simulation.
"""

from __future__ import annotations

from pathlib import Path

from wallboard.sim.sites import SUPERVISOR_NUMBER

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
_BASE = "http://127.0.0.1:8900"


def demo_environment() -> dict[str, str]:
    """Environment variables that `ready_config` refers to."""
    return {
        "WALLBOARD_SIM_HQ": CLIENTS["wallboard-hq"][1],
        "WALLBOARD_SIM_BRANCH": CLIENTS["wallboard-branch"][1],
        "WALLBOARD_SIM_RESPONDERS": GROUPALARM_TOKEN,
        "WALLBOARD_SIM_CC": SINCH_PASSWORD,
        "WALLBOARD_SIM_CC_KEY": SINCH_API_KEY,
        "WALLBOARD_SIM_FRONT": PORTSIP_PEOPLE["supervisor"][0],
    }


def ready_config(base_url: str = _BASE, *, push: bool = False) -> str:
    """A whole configuration file (`ready.toml`) that points a console at a simulation at `base_url`.

    `push` only for a simulation that is served: in process there is no websocket.
    """
    text = Path(__file__).with_name("ready.toml").read_text(encoding="utf-8")
    if push:
        address = _BASE.replace("http", "ws", 1) + "/portsip/wsi"
        text = text.replace("push = false", f'push = true, push_url = "{address}"')
    scheme, _, place = base_url.rstrip("/").partition("://")
    text = text.replace(_BASE, f"{scheme}://{place}").replace("ws://127.0.0.1:8900", f"ws{scheme[4:]}://{place}")
    exports = "".join(f"#   export {name}={value}\n" for name, value in demo_environment().items())
    return f"# A console on the simulated contact centre. Set before starting it:\n{exports}\n{text}"
