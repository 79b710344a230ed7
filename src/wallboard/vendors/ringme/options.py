"""What only RingMe reads of a `[[source]]`."""

from __future__ import annotations

from pydantic import Field

from wallboard.vendors.options import Options


class RingmeOptions(Options):
    always_send_dst: bool = Field(
        False,
        description="send a destination with hold, park and the like: documents differ on whether they need one",
        examples=[True],
    )
    mark_legs: bool = Field(
        False, description="mark the leg of a listen that names nobody, so that it is known again", examples=[True]
    )
    speech_url: str = Field(
        "", description="where recognised speech is posted to", examples=["https://notes.example.net/speech"]
    )
