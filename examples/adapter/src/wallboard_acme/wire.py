"""Acme's answers as they come. Every field may be missing, come as text or as a number, or be wrong."""

from __future__ import annotations

from wallboard.vendors.kit.wire import Count, Identified, Text


class QueueWire(Identified):
    name: Text = ""
    waiting: Count = None


class CallWire(Identified):
    caller: Text = ""
    caller_name: Text = ""
    queue: Text = ""
    agent: Text = ""
    state: Text = ""
    since: Text = ""
