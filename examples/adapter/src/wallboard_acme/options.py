"""What only Acme reads of a `[[source]]`."""

from __future__ import annotations

from pydantic import Field

from wallboard.vendors.options import Options, SecretReference


class AcmeOptions(Options):
    team: str = Field("", description="only this team's queues", examples=["north"])
    signature: SecretReference | None = Field(
        None, description="signs what is done, where Acme asks for it", examples=[{"env": "ACME_SIGNATURE"}]
    )
