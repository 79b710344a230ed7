"""A vendor's entry point: it names the vendor, and loads adapter, HTTP client and coverage only when they are used."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from wallboard.vendors.base import Adapter, Coverage, Services, SourceSettings


class Lazy:
    """The plugin of the package called `package`, whose module `adapter` holds the class `adapter`; `covered` where its
    module `coverage` says what becomes of each operation of the vendor's documents."""

    def __init__(self, package: str, adapter: str, *, covered: bool = True) -> None:
        self.name = package.rpartition(".")[2]
        self._package = package
        self._adapter = adapter
        self._covered = covered

    def build(self, settings: SourceSettings, services: Services) -> Adapter:
        made: Adapter = getattr(import_module(f"{self._package}.adapter"), self._adapter)(settings, services)
        return made

    def coverage(self) -> Sequence[Coverage]:
        if not self._covered:
            return ()
        found: Sequence[Coverage] = import_module(f"{self._package}.coverage").COVERAGE
        return found
