"""Which vendors there are, by entry point: named without an import, and only the one that is used is loaded.

Anyone's package can add a vendor: an entry point in the group `wallboard.vendor` that names a `Plugin`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from wallboard.domain.errors import ConfigError, VendorError
from wallboard.domain.language import tr
from wallboard.vendors.plugin import Plugin

GROUP = "wallboard.vendor"

# The same as in pyproject.toml: an unpacked source tree has no metadata to look it up in.
BUILT_IN = {
    "ringme": "wallboard.vendors.ringme:plugin",
    "groupalarm": "wallboard.vendors.groupalarm:plugin",
    "sinch": "wallboard.vendors.sinch:plugin",
    "portsip": "wallboard.vendors.portsip:plugin",
    "asterisk": "wallboard.vendors.asterisk:plugin",
}


def names() -> tuple[str, ...]:
    """The vendors that can be named in a config, without importing any. Built-in ones first."""
    return tuple(targets())


def known(name: str) -> bool:
    """Whether there is such a vendor; of ours without looking through what is installed."""
    return name in BUILT_IN or name in _entry_points()


def targets() -> dict[str, str]:
    """Each vendor with the `module:attribute` that its plugin is; built-in names cannot be taken over."""
    return {**BUILT_IN, **_entry_points(), **BUILT_IN}


def load(name: str) -> Plugin:
    """The plugin called `name`; imports that vendor and no other. ConfigError if there is none, VendorError if its
    package is broken, which is a fault of that source alone."""
    target = BUILT_IN.get(name) or _entry_points().get(name)
    if target is None:
        raise ConfigError(
            tr("there is no vendor {vendor!r}", vendor=name), hint=tr("write one of {names}", names=", ".join(names()))
        )
    module, _, attribute = target.partition(":")
    try:
        found: Any = import_module(module)
        for part in (attribute or "plugin").split("."):
            found = getattr(found, part)
    except Exception as error:
        raise VendorError(
            tr(
                "vendor {vendor!r} cannot be loaded from {target}: {why}: install its package again",
                vendor=name,
                target=target,
                why=str(error),
            )
        ) from error
    if not isinstance(found, Plugin):
        raise VendorError(
            tr("vendor {vendor!r}: {target} is no wallboard.vendors.plugin.Plugin", vendor=name, target=target)
        )
    return found


def _entry_points() -> dict[str, str]:
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group=GROUP)}
