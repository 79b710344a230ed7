"""Asterisk over its manager interface (AMI): live from events, read again every 15 s, acted on with evidence."""

from __future__ import annotations

import re

from wallboard.domain.models import Call
from wallboard.vendors.base import Adapter, Services, SourceSettings
from wallboard.vendors.plugin import Plugin, SourceRules


class AsteriskPlugin(Plugin):
    name = "asterisk"
    rules = SourceRules(
        auth=("ami",),
        schemes=("tls", "tcp"),
        example="tls://pbx.example.net:5039",
        fields=frozenset({"every", "timeout", "queues", "transfer_context", "park_lot", "wrap_up"}),
        phone=re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9_.@/:-]+"),
        phone_example="PJSIP/2001",
    )

    def mine(self, call: Call, phone: str) -> bool:
        return any(name == "device" and value.casefold() == phone.casefold() for name, value in call.address)

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.asterisk.adapter import AsteriskAdapter

        return AsteriskAdapter(settings, services)


plugin = AsteriskPlugin()
