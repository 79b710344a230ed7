"""PortSIP PBX (seed 004 and the vendor's public OpenAPI document of PBX 22).

The seed alone has virtual receptionists. Queues, waiting callers, agents and calls come from the public resources of
the same server, live from its push interface where that may be used. What this vendor does not offer is not offered
here: there is no request to listen, whisper, barge or park, and no list of held calls.
"""

from __future__ import annotations

from wallboard.vendors.kit.plugin import Lazy

plugin = Lazy(__name__, "PortsipAdapter")
