"""PortSIP PBX (seed 004 and the vendor's public OpenAPI document of PBX 22).

The seed alone has virtual receptionists. Queues, waiting callers, agents and calls come from the public resources of
the same server, live from its push interface where that may be used. What this vendor does not offer is not offered
here: there is no request to listen, whisper, barge or park, and no list of held calls.
"""

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
