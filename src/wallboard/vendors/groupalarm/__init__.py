"""GroupAlarm First Responder: emergency hotlines with their duty agents (seeds 000 and 001). No call control."""

from __future__ import annotations

from wallboard.vendors.base import Adapter, Services, SourceSettings
from wallboard.vendors.plugin import Plugin, SourceRules


class GroupalarmPlugin(Plugin):
    """Names the vendor; the adapter and its HTTP client are loaded only when a config uses them."""

    name = "groupalarm"
    rules = SourceRules(
        auth=("header", "none"),
        example="https://app.groupalarm.com/api/v1/first-responder",
        url="https://app.groupalarm.com/api/v1/first-responder",
        fields=frozenset({"every", "timeout", "organization", "people", "words"}),
        required=frozenset({"organization"}),
        # States of a hotline, and whether an entry of its call log says that somebody took the call.
        words=("open", "starting", "paused", "error", "taken", "not_taken"),
        headers=("API-TOKEN", "Personal-Access-Token"),
    )

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.groupalarm.adapter import GroupalarmAdapter

        return GroupalarmAdapter(settings, services)


plugin = GroupalarmPlugin()
