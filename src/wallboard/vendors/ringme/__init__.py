"""The hosted PBX "extension" API of the RingMe platform, Telphin and white labels (seed 003)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wallboard.domain.models import Call
from wallboard.vendors.base import Adapter, Services, SourceSettings
from wallboard.vendors.plugin import Plugin, SourceRules

if TYPE_CHECKING:
    from wallboard.vendors.options import Options


class RingmePlugin(Plugin):
    """Names the vendor; the adapter and its HTTP client are loaded only when a config uses them."""

    name = "ringme"
    rules = SourceRules(
        auth=("oauth", "bearer", "basic", "header", "none"),
        example="https://pbx.example.net/api/ver1.0",
        fields=frozenset({"client", "every", "timeout", "queues", "phones", "park_slots", "words", "options"}),
        words=("ready", "break", "off", "waiting", "ringing", "talking", "abandoned"),
        phone=re.compile(r"[0-9A-Za-z_.*#+@-]+"),
        phone_example="2001",
    )

    def options(self) -> type[Options]:
        from wallboard.vendors.ringme.options import RingmeOptions

        return RingmeOptions

    def mine(self, call: Call, phone: str) -> bool:
        from wallboard.vendors.ringme.names import same_phone

        return any(same_phone(name, phone) for name in call.agent_refs)

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.ringme.adapter import RingmeAdapter

        return RingmeAdapter(settings, services)


plugin = RingmePlugin()
