"""How the channels of one moment hang together: bridges, the halves of Local channels, who dialled whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from wallboard.vendors.asterisk.devices import POOL, is_local, other_half
from wallboard.vendors.asterisk.facts import Bridge, Channel

#: Applications whose bridge holds strangers side by side, for a bridge of which no list or event told the kind.
_HOLDING = frozenset({"Parked Call", "BridgeWait", POOL})


class Topology:
    """Made of the tables at one moment; ``parked`` and ``dialled`` are by Uniqueid."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        bridges: Mapping[str, Bridge],
        parked: Collection[str],
        dialled: Mapping[str, str],
    ) -> None:
        self.named = {channel.name: channel for channel in channels.values()}
        self.bridges = bridges
        self.talking: dict[str, list[Channel]] = {}
        self.dials: dict[str, list[Channel]] = {}
        self._parked = parked
        # A bridge of unknown kind holds strangers if everybody in it is there to wait.
        self._talks = {c.bridge for c in channels.values() if c.bridge and c.application not in _HOLDING}
        for channel in channels.values():
            bridge = self.bridge_of(channel)
            if bridge:
                self.talking.setdefault(bridge, []).append(channel)
            if dialled.get(channel.uniqueid):
                self.dials.setdefault(dialled[channel.uniqueid], []).append(channel)

    def bridge_of(self, channel: Channel) -> str:
        """The bridge in which this channel talks, "" for none or for one that only holds it (parked, agent pool)."""
        if not channel.bridge or channel.uniqueid in self._parked:
            return ""
        bridge = self.bridges.get(channel.bridge)
        holding = channel.bridge not in self._talks if bridge is None else bridge.holding
        return "" if holding else channel.bridge

    def others(self, channel: Channel) -> list[Channel]:
        """Who else talks in its bridge."""
        return [other for other in self.talking.get(self.bridge_of(channel), ()) if other is not channel]

    def half_of(self, channel: Channel) -> Channel | None:
        return self.named.get(other_half(channel.name))

    def beyond(self, half: Channel) -> Channel | None:
        """Whom one half of a Local channel talks with or else dials, if that is one."""
        found = self.others(half) or self.dials.get(half.uniqueid, [])
        return found[0] if len(found) == 1 else None

    def chain(self, channel: Channel) -> list[Channel]:
        """The channel, and through Local channels all that it leads to; a telephone last, where one is there."""
        found = [channel]
        while is_local(channel.name):
            half = self.half_of(channel)
            if half is None or half in found:
                break
            found.append(half)
            beyond = self.beyond(half)
            if beyond is None or beyond in found:
                break
            found.append(beyond)
            channel = beyond
        return found

    def far_end(self, channel: Channel) -> Channel:
        """The telephone behind a Local channel; the channel itself where there is none (yet)."""
        last = self.chain(channel)[-1]
        return channel if is_local(last.name) else last
