"""A vendor as the program finds it: its name, what a `[[source]]` of it may say, and its adapter.

What the config may hold is declared here, so that `check`, `config schema` and the loader judge another package's
vendor exactly as they judge ours. Nothing here imports an adapter, a client or pydantic: naming a vendor costs nothing.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from wallboard.domain.models import Call
from wallboard.domain.records import dataclass
from wallboard.vendors.base import Adapter, Services, SourceSettings

if TYPE_CHECKING:
    from wallboard.vendors.options import Options

ANY_AUTH = ("bearer", "oauth", "basic", "header", "login", "ami", "none")


@dataclass(frozen=True, slots=True)
class SourceRules:
    """What a `[[source]]` of a vendor may and must say.

    `auth` are kinds of sign-in, `schemes` those of its address, `example` one, `url` the default ("" none). `fields`
    are allowed beyond the common ones, `required` of all. An adapter that declares `every`, `timeout`, `queues` or
    `phones` promises to keep to them (`wallboard.testing` holds it to that). `words`: what the config's `words` may
    mean. `headers`: the names that sign-in by header may use, () for any. `phone`: what a telephone of this vendor
    looks like.
    """

    auth: tuple[str, ...] = ANY_AUTH
    schemes: tuple[str, ...] = ("https", "http")
    example: str = "https://example.net/api"
    url: str = ""
    fields: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    phone: re.Pattern[str] | None = None
    phone_example: str = ""


class Plugin(ABC):
    """What an entry point of the group `wallboard.vendor` names: an instance of a subclass."""

    name: str
    rules: SourceRules = SourceRules()

    def options(self) -> type[Options] | None:
        """The model of `options`, imported when a config is read; None: this vendor has none."""
        return None

    def mine(self, call: Call, phone: str) -> bool:
        """Whether the telephone `phone` is on the call: who reads a source for others cannot say whose leg is whose."""
        return phone in call.agent_refs

    @abstractmethod
    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        """The adapter of one source; it connects to nothing yet. ConfigError for what only it can judge."""
