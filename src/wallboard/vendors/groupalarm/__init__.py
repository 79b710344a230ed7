"""GroupAlarm First Responder: emergency hotlines with their duty agents (seeds 000 and 001). No call control."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.vendors.base import Adapter, Coverage, Services, SourceSettings


class GroupalarmPlugin:
    """Names the vendor; the adapter and its HTTP client are loaded only when a config uses them."""

    name = "groupalarm"

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.groupalarm.adapter import GroupalarmAdapter

        return GroupalarmAdapter(settings, services)

    def coverage(self) -> Sequence[Coverage]:
        from wallboard.vendors.groupalarm.coverage import COVERAGE

        return COVERAGE


plugin = GroupalarmPlugin()
