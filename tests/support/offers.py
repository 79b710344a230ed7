"""What a verb would do to a row as the console and `do` ask it: policy first, then the adapter."""

from __future__ import annotations

from wallboard.control.policy import Offer, Situation, decide
from wallboard.domain.models import Row
from wallboard.domain.verbs import Verb
from wallboard.vendors.base import Adapter


def offered(adapter: Adapter, verb: Verb, row: Row | None, now: float = 0.0) -> Offer:
    return decide(verb, row, Situation(adapter.can(verb, row), phone="mine", now=now))
