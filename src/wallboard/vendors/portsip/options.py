"""What only PortSIP reads of a `[[source]]`."""

from __future__ import annotations

from pydantic import Field

from wallboard.vendors.options import Options


class PortsipOptions(Options):
    push: bool = Field(True, description="false: do not use the push interface", examples=[False])
    push_url: str = Field(
        "", description="its address, which differs between releases", examples=["wss://pbx.example.net:8885"]
    )
