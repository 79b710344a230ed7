"""What only one vendor reads of a `[[source]]`: the base of its settings model, and how a secret is named in it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from wallboard.domain.language import mark, tr

REFERENCES = ("env", "file", "command", "keyring", "credential")
_REFERENCE_HINT = mark(
    'write { env = "NAME" }, { file = "path" }, { command = ["pass", "show", "name"] }, '
    '{ keyring = "service:user" } or { credential = "name" }'
)


class Edge(BaseModel):
    """A table of the configuration file: no unknown key, no guessed type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Options(Edge):
    """The base of a vendor's options. Give each field `examples`: they are shown where it is wrong. A secret is a
    `SecretReference`; the adapter finds it resolved, as a `Secret`, in `SourceSettings.options`."""


def _reference(value: Any) -> Any:
    if isinstance(value, dict):
        if not value:
            raise PydanticCustomError("hinted", tr("is an empty reference"), {"hint": tr(_REFERENCE_HINT)})
        named = [name for name in REFERENCES if name in value]
        if len(named) > 1:
            raise PydanticCustomError(
                "hinted",
                tr("names {both} at once"),
                {"both": f" {tr('and')} ".join(named), "hint": tr("keep one of them")},
            )
        return value
    if isinstance(value, str):
        raise PydanticCustomError(
            "hinted",
            tr("is a secret written into the file"),
            {"hint": tr("{write}, and change the secret if others could read this file", write=tr(_REFERENCE_HINT))},
        )
    raise PydanticCustomError("hinted", tr("is not a reference to a secret"), {"hint": tr(_REFERENCE_HINT)})


Word = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Reference(Edge):
    """Where a secret lies; exactly one of the five."""

    env: Word | None = Field(None, description="name of an environment variable", examples=["HQ_SECRET"])
    file: Word | None = Field(
        None, description="a file of mode 0600, or root's of mode 0640 for its group", examples=["~/.secrets/hq"]
    )
    command: Annotated[list[Word], Field(min_length=1)] | None = Field(
        None, description="a program and its arguments; its first line is the secret", examples=[["pass", "show", "hq"]]
    )
    keyring: Word | None = Field(None, description="service:user in the keyring", examples=["wallboard:hq"])
    credential: Word | None = Field(None, description="name of a systemd credential", examples=["hq-secret"])


SecretReference = Annotated[Reference, BeforeValidator(_reference)]
