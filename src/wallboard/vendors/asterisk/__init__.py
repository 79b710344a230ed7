"""Asterisk over its manager interface (AMI): live from events, read again every 15 s, acted on with evidence."""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.vendors.base import Adapter, Coverage, Services, SourceSettings


class _Plugin:
    name = "asterisk"

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.asterisk.adapter import AsteriskAdapter

        return AsteriskAdapter(settings, services)

    def coverage(self) -> Sequence[Coverage]:
        """None: its manager interface is open source, not one of the vendors' documents."""
        return ()


plugin = _Plugin()
