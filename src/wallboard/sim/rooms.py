"""Conference rooms: who is in, who is heard, whether the door is shut.

The vendor's document (seed 003) names what can be asked and done, not what comes of it; this follows the conference
module of FreeSWITCH, on which the platform stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wallboard.sim.pbx import Pbx


@dataclass(slots=True, eq=False)
class RoomMember:
    id: int
    number: str
    name: str
    joined: float
    mute: bool = False
    deaf: bool = False


@dataclass(slots=True, eq=False)
class Room:
    """One running or empty room. `playing`: the sound that is played into it; `chime`: a sound greets who enters."""

    max_members: int = 20
    members: dict[int, RoomMember] = field(default_factory=dict)
    began: float | None = None
    locked: bool = False
    chime: bool = False
    playing: int | None = None
    count: int = 0


class Rooms:
    """The rooms of one account by extension id."""

    def __init__(self, pbx: Pbx) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        self.rooms = {each.id: Room() for each in pbx.extensions.values() if each.kind == "conference"}
        if pbx.behaviour.side_calls_per_hour > 0:
            # Somebody meets in every room; in an account where nobody calls by himself nobody meets either.
            for identity in self.rooms:
                self._meet(identity)

    def join(self, identity: int, number: str, name: str) -> RoomMember | None:
        """Somebody dials into a room. None: it is locked or full."""
        room = self.rooms[identity]
        if room.locked or len(room.members) >= room.max_members:
            return None
        if not room.members:
            room.began = self.engine.now
        room.count += 1
        member = RoomMember(room.count, number, name, self.engine.now)
        room.members[member.id] = member
        return member

    def leave(self, identity: int, member: int) -> None:
        """The last one out ends the room: lock and sounds are forgotten."""
        room = self.rooms[identity]
        room.members.pop(member, None)
        if not room.members:
            room.began, room.locked, room.chime, room.playing = None, False, False, None

    def _meet(self, identity: int) -> None:
        phones = [phone for phone in self.pbx.phones() if not phone.desk][-3:]
        for phone in phones:
            self.join(identity, phone.number, phone.label)
        rng = self.engine.stream(f"{self.pbx.name}/rooms/{identity}")

        def guest() -> None:
            member = self.join(identity, f"+4930231251{rng.randrange(100):02d}", "")
            if member is not None:
                self.engine.after(rng.uniform(60.0, 400.0), lambda: self.leave(identity, member.id))
            self.engine.after(rng.uniform(90.0, 300.0), guest)

        self.engine.after(rng.uniform(5.0, 60.0), guest)
