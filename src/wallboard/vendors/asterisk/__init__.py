"""Asterisk over its manager interface (AMI): live from events, read again every 15 s, acted on with evidence."""

from __future__ import annotations

from wallboard.vendors.kit.plugin import Lazy

# Its manager interface is open source, not one of the vendors' documents.
plugin = Lazy(__name__, "AsteriskAdapter", covered=False)
