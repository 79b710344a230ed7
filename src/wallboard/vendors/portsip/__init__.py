"""PortSIP PBX (seed 004 and the vendor's public OpenAPI document of PBX 22).

The seed alone has virtual receptionists. Queues, waiting callers, agents and calls come from the public resources of
the same server, live from its push interface where that may be used. What this vendor does not offer is not offered
here: there is no request to listen, whisper, barge or park, and no list of held calls.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wallboard.vendors.base import Adapter, Services, SourceSettings
from wallboard.vendors.plugin import Plugin, SourceRules

if TYPE_CHECKING:
    from wallboard.vendors.options import Options


class PortsipPlugin(Plugin):
    """Names the vendor; the adapter and its HTTP client are loaded only when a config uses them."""

    name = "portsip"
    rules = SourceRules(
        auth=("login", "bearer"),
        example="https://pbx.example.net:8887/api",
        fields=frozenset({"every", "timeout", "queues", "words", "options"}),
        words=("ready", "ringing", "talking", "other_call", "wrap_up", "break", "off", "unreachable"),
        phone=re.compile(r"[0-9]{3,64}"),
        phone_example="2001",
    )

    def options(self) -> type[Options]:
        from wallboard.vendors.portsip.options import PortsipOptions

        return PortsipOptions

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.portsip.adapter import PortsipAdapter

        return PortsipAdapter(settings, services)


plugin = PortsipPlugin()
