"""Acme's call centre on the wallboard: what a `[[source]]` of it may say. Naming it loads neither client nor models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallboard.vendors.base import Adapter, Services, SourceSettings
from wallboard.vendors.plugin import Plugin, SourceRules

if TYPE_CHECKING:
    from wallboard.vendors.options import Options


class AcmePlugin(Plugin):
    name = "acme"
    rules = SourceRules(
        auth=("bearer",),
        example="https://acme.example.net/v1",
        fields=frozenset({"every", "timeout", "options"}),
    )

    def options(self) -> type[Options]:
        from wallboard_acme.options import AcmeOptions

        return AcmeOptions

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        from wallboard_acme.adapter import AcmeAdapter

        return AcmeAdapter(settings, services)


plugin = AcmePlugin()
