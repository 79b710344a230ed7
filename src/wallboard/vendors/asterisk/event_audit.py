"""Whether the events tell what the lists show. Pure.

AMI does not say that an account gets only a part of the events (``eventfilter`` in manager.conf, a class that is not
its own, a proxy that leaves some out). Two lists in a row do: whatever differs between them, an event must have told.
Events reach us a little after the change (they go round by Asterisk's message bus), so a difference that none has told
is doubted first and counts when none came for ``GRACE`` seconds. Static and realtime members that a reload adds are
told by no event at all (apps/app_queue.c): that is a gap too, and is forgiven when it stays the only one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wallboard.domain.records import dataclass
from wallboard.vendors.asterisk.protocol import Message

#: Seconds that an event may come after the list that shows its effect, or before the list that does not yet.
GRACE = 2.0
KEPT = 600.0
#: A gap is over when this many differences-with-events readings in a row had none, and so many seconds are past.
CLEAN, SOON_OVER, LATE_OVER = 3, 30.0, 300.0

Kind = tuple[str, str]
"""A fact, and how it changed: ("channel", "gone")."""
Change = tuple[Kind, tuple[str, ...]]

QUEUES, CHANNELS, PARKED, DEVICES = "QueueStatus", "CoreShowChannels", "ParkedCalls", "DeviceStateList"
_ENTRY, _MEMBER, _CHANNEL, _PARKEE = ("Queue", "Uniqueid"), ("Queue", "Interface"), ("Uniqueid",), ("ParkeeUniqueid",)
#: What each event tells of whom.
_TELLS: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "QueueCallerJoin": (("entry", "new"), _ENTRY),
    "QueueCallerLeave": (("entry", "gone"), _ENTRY),
    "QueueCallerAbandon": (("entry", "gone"), _ENTRY),
    "QueueMemberAdded": (("member", "new"), _MEMBER),
    "QueueMemberRemoved": (("member", "gone"), _MEMBER),
    "QueueMemberStatus": (("status", "other"), _MEMBER),
    "QueueMemberPause": (("pause", "other"), _MEMBER),
    "Newchannel": (("channel", "new"), _CHANNEL),
    "Hangup": (("channel", "gone"), _CHANNEL),
    "BridgeEnter": (("bridge", "other"), _CHANNEL),
    "BridgeLeave": (("bridge", "other"), _CHANNEL),
    "ParkedCall": (("parked", "new"), _PARKEE),
    "UnParkedCall": (("parked", "gone"), _PARKEE),
    "ParkedCallTimeOut": (("parked", "gone"), _PARKEE),
    "ParkedCallGiveUp": (("parked", "gone"), _PARKEE),
    "ParkedCallSwap": (("parked", "gone"), _PARKEE),
    "DeviceStateChange": (("device", "other"), ("Device",)),
}
#: The list that shows each fact.
_SHOWN = {
    "entry": QUEUES,
    "member": QUEUES,
    "status": QUEUES,
    "pause": QUEUES,
    "channel": CHANNELS,
    "bridge": CHANNELS,
    "parked": PARKED,
    "device": DEVICES,
}
#: What happens with every call: once each has been heard, the events are taken to be whole.
_CORE: frozenset[Kind] = frozenset(
    {
        *(("entry", "new"), ("entry", "gone"), ("status", "other")),
        *(("channel", "new"), ("channel", "gone"), ("bridge", "other")),
    }
)
#: Once may be an oddity of a masquerade, in which channels change places.
_TWICE = frozenset({("bridge", "other")})


@dataclass(slots=True)
class _Gap:
    """Changes of one kind that no event told: how many, when the last was found, and clean readings since."""

    count: int = 0
    last: float = 0.0
    clean: int = 0


class EventAudit:
    """Hears events, compares lists, and knows which events do not come. All times are one clock's, in seconds."""

    def __init__(self) -> None:
        self._heard: dict[tuple[Kind, tuple[str, ...]], float] = {}
        self._kinds: set[Kind] = set()
        self._lists: dict[str, tuple[float, dict[tuple[str, ...], str]]] = {}
        self._doubts: dict[Change, tuple[float, float]] = {}
        self._gaps: dict[Kind, _Gap] = {}

    def hear(self, event: Message, now: float) -> None:
        told = _TELLS.get(event.event)
        if told is not None:
            kind, names = told
            self._kinds.add(kind)
            self._heard[kind, tuple(event.get(name) for name in names)] = now

    def compare(self, name: str, items: Iterable[Message], begun: float, now: float) -> None:
        """Take in a list that was asked for at ``begun`` and is whole ``now``."""
        found = dict(_facts(items))
        before = self._lists.get(name)
        self._lists[name] = (begun, found)
        if before is None:
            return
        since = before[0] - GRACE
        told: set[Kind] = set()
        for change in _changes(before[1], found):
            if self._heard.get(change, _NEVER) >= since:
                told.add(change[0])
            else:
                self._doubts.setdefault(change, (since, now))
        untold = {kind for kind, _ in self._doubts}
        for kind, gap in self._gaps.items():
            gap.clean += kind in told and kind not in untold
        # A list that is no longer read keeps nothing of the others.
        horizon = max(min(begun for begun, _ in self._lists.values()) - 2 * GRACE, now - KEPT)
        self._heard = {change: at for change, at in self._heard.items() if at >= horizon}

    def judge(self, now: float) -> None:
        """Settle the doubts that are old enough, and forgive gaps that are over."""
        for change, (since, found) in list(self._doubts.items()):
            if self._heard.get(change, _NEVER) >= since:
                del self._doubts[change]
            elif now - found >= GRACE:
                del self._doubts[change]
                gap = self._gaps.setdefault(change[0], _Gap())
                gap.count, gap.last, gap.clean = gap.count + 1, now, 0
        self._gaps = {
            kind: gap
            for kind, gap in self._gaps.items()
            if now - gap.last < (SOON_OVER if gap.clean >= CLEAN else LATE_OVER)
        }

    @property
    def missing(self) -> tuple[str, ...]:
        """The events that should have come and did not, by name."""
        kinds = self._missing()
        names = {kind: name for name, (kind, _) in reversed(_TELLS.items())}
        return tuple(sorted(names[kind] for kind in kinds))

    def _missing(self) -> set[Kind]:
        return {kind for kind, gap in self._gaps.items() if gap.count > (kind in _TWICE)}

    @property
    def heard(self) -> tuple[str, ...]:
        """The first event of each kind that was heard, by name."""
        return tuple(sorted({name for name, (kind, _) in _TELLS.items() if kind in self._kinds}))

    @property
    def deaf(self) -> bool:
        """Nothing was heard yet that tells anything of calls or queues."""
        return not self._kinds

    def vouches(self, name: str) -> bool:
        """Whether what this list shows is told by events: some of its class come, and none is known to be missing."""
        of_agents = name == QUEUES
        heard = any((_SHOWN[fact] == QUEUES) is of_agents for fact, _ in self._kinds)
        return heard and not any(_SHOWN[fact] == name for fact, _ in self._missing())

    def settled(self, names: Iterable[str]) -> bool:
        """Whether these lists need no closer watching: every kind of event that a call brings has come, none is
        missing, and none is in doubt."""
        wanted = {kind for kind in _CORE if _SHOWN[kind[0]] in set(names)}
        return bool(wanted) and wanted <= self._kinds and not self._gaps and not self._doubts


def _facts(items: Iterable[Message]) -> Iterator[tuple[tuple[str, ...], str]]:
    for item in items:
        match item.event:
            case "QueueMember":
                where = item.get("Queue"), item.get("Location") or item.get("Interface")
                yield ("member", *where), ""
                yield ("status", *where), item.get("Status")
                yield ("pause", *where), item.get("Paused")
            case "QueueEntry":
                yield ("entry", item.get("Queue"), item.get("Uniqueid")), ""
            case "CoreShowChannel":
                yield ("channel", item.get("Uniqueid")), ""
                yield ("bridge", item.get("Uniqueid")), item.get("BridgeId")
            case "ParkedCall":
                yield ("parked", item.get("ParkeeUniqueid")), ""
            case "DeviceStateChange" if ":" not in item.get("Device"):
                yield ("device", item.get("Device")), item.get("State")


def _changes(before: Mapping[tuple[str, ...], str], after: Mapping[tuple[str, ...], str]) -> Iterator[Change]:
    for key in before.keys() | after.keys():
        fact, *ids = key
        how = "new" if key not in before else "gone" if key not in after else "other"
        changed = how != "other" or before[key] != after[key]
        if changed and (fact, how) in _KINDS:
            yield (fact, how), tuple(ids)


_KINDS = frozenset(kind for kind, _ in _TELLS.values())
_NEVER = float("-inf")
