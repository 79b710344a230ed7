"""What `wallboard check` says of each verb of a source: will it work, and what does that rest on. Pure.

Reading shows what may be read; what may be done shows only when it is done, except where a vendor says so beforehand
(AMI's ListCommands). But nothing can be done to a row that cannot be seen, nothing rings without a telephone, and
what a vendor has no request for is known anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from wallboard.control.offers import NOT_ALLOWED
from wallboard.domain.command import Verb
from wallboard.domain.keys import RESOURCE_OF
from wallboard.domain.language import mark, tr
from wallboard.vendors.base import Adapter, CheckLine

ONLY_WHEN_USED = mark("shows only when used")
OWN = (Verb.NOTE,)
"""Verbs that are this console's own and ask nothing of a vendor."""
WITHOUT = mark("not here")
"""The name of the lines that say which verbs the vendor does not have."""


def with_verbs(
    adapter: Adapter, lines: Sequence[CheckLine], allowed: Collection[Verb] | None = None
) -> list[CheckLine]:
    """`lines` as the adapter tried them, then a line for each verb that the vendor has, then those it has not, by the
    reason. Where the vendor was not reached or did not let us in, nothing is known of verbs. `allowed` are those that
    the operator uses, None for all."""
    verbs = {verb.value: verb for verb in Verb}
    told = {verbs[line.name]: line for line in lines if line.name in verbs}
    tried = [line for line in lines if line.name not in verbs]
    if any(line.ok is False for line in tried if line.name in ("reach", "sign-in", "config")):
        return tried
    has = {row.verb for row in adapter.table()}
    offered = [verb for verb in Verb if verb in has or verb in told]
    absent: dict[str, list[str]] = {}
    for verb in Verb:
        if verb not in offered and verb not in OWN:
            absent.setdefault(adapter.can(verb, None).reason, []).append(verb.value)
    return [
        *tried,
        *(
            _line(adapter, verb, told.get(verb), tried)
            if allowed is None or verb in allowed
            else CheckLine(verb.value, False, tr(NOT_ALLOWED))
            for verb in offered
        ),
        *(
            CheckLine(
                WITHOUT, None, tr("not with this vendor: {names} ({reason})", names=", ".join(names), reason=reason)
            )
            for reason, names in absent.items()
        ),
    ]


def _line(adapter: Adapter, verb: Verb, told: CheckLine | None, tried: Sequence[CheckLine]) -> CheckLine:
    """What the adapter itself said counts, unless the rows that the verb is for cannot be seen."""
    if told is not None and told.ok is False:
        return told
    may = adapter.can(verb, None)
    if told is None and not may:
        return CheckLine(verb.value, False, may.reason)
    seen, unseen = _lists(verb, tried)
    if unseen and not seen:
        names = ", ".join(tr(name) for name, _ in unseen)
        return CheckLine(verb.value, False, tr("{names} cannot be read: {why}", names=names, why=unseen[0][1].text))
    parts = [told.text if told is not None and told.text else tr(ONLY_WHEN_USED)]
    if told is None or told.ok is None:
        if seen:
            parts.append(tr("{names} can be read", names=", ".join(map(tr, seen))))
        if unseen:
            parts.append(tr("{names} cannot", names=", ".join(tr(name) for name, _ in unseen)))
    if verb.facts.rings_me and adapter.settings.phone:
        parts.append(tr("rings {phone}", phone=adapter.settings.phone))
    return CheckLine(verb.value, None if told is None else told.ok, "; ".join(parts))


def _lists(verb: Verb, tried: Sequence[CheckLine]) -> tuple[list[str], list[tuple[str, CheckLine]]]:
    """The lists with the rows that the verb is for: those that were read, and those that could not be."""
    wanted = [RESOURCE_OF[kind].value for kind in verb.facts.kinds if kind in RESOURCE_OF]
    known = {name: line for line in tried for name in line.name.split(", ")}
    seen = [name for name in wanted if name in known and known[name].ok]
    return seen, [(name, known[name]) for name in wanted if name in known and not known[name].ok]
