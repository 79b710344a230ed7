"""Sinch Contact Center, Restful Configuration Interface (RCI, seed 002): who and what there is, and disruption notices.

RCI is for configuration: queues with their addresses, users with roles, groups and skills, and disruption events, which
can be published, changed and ended. It tells no live count, no agent state and no call.
"""

from __future__ import annotations

from wallboard.vendors.base import Adapter, Services, SourceSettings
from wallboard.vendors.plugin import Plugin, SourceRules


class SinchPlugin(Plugin):
    """Names the vendor; the adapter and its HTTP client are loaded only when a config uses them."""

    name = "sinch"
    rules = SourceRules(
        auth=("basic", "bearer", "header", "none"),
        example="https://contact.example.net/RI/rci",
        fields=frozenset({"every", "timeout", "queues", "words"}),
        # Types of queues.
        words=("phone", "chat", "email"),
    )

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.sinch.adapter import SinchAdapter

        return SinchAdapter(settings, services)


plugin = SinchPlugin()
