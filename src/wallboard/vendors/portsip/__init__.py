"""placeholder docstring, to be written"""

from __future__ import annotations

from collections.abc import Sequence

from wallboard.vendors.base import Adapter, Coverage, Services, SourceSettings


class PortsipPlugin:
    """Names the vendor; the adapter and its HTTP client are loaded only when a config uses them."""

    name = "portsip"

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard.vendors.portsip.adapter import PortsipAdapter

        return PortsipAdapter(settings, services)

    def coverage(self) -> Sequence[Coverage]:
        from wallboard.vendors.portsip.coverage import COVERAGE

        return COVERAGE


plugin = PortsipPlugin()
