"""Conference rooms: who is in, who is heard, whether the door is shut.

The vendor's document (seed 003) names what can be asked and done, not what comes of it; this follows the conference
module of FreeSWITCH, on which the platform stands.
"""

from __future__ import annotations

from dataclasses import field

from wallboard.domain.records import dataclass
from wallboard.sim.engine import Engine
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

    engine: Engine
    max_members: int = 20
    members: dict[int, RoomMember] = field(default_factory=dict)
    began: float | None = None
    locked: bool = False
    chime: bool = False
    playing: int | None = None
    count: int = 0

    def join(self, number: str, name: str) -> RoomMember | None:
        """Somebody dials in. None: it is locked or full."""
        if self.locked or len(self.members) >= self.max_members:
            return None
        if not self.members:
            self.began = self.engine.now
        self.count += 1
        self.members[self.count] = RoomMember(self.count, number, name, self.engine.now)
        return self.members[self.count]

    def leave(self, member: int) -> None:
        """The last one out ends the room: lock and sounds are forgotten."""
        self.members.pop(member, None)
        if not self.members:
            self.began, self.locked, self.chime, self.playing = None, False, False, None

    def meet(self, pbx: Pbx, identity: int) -> None:
        """Three phones of the account meet here, and guests come and go."""
        for phone in [phone for phone in pbx.phones() if not phone.desk][-3:]:
            self.join(phone.number, phone.label)
        rng = self.engine.stream(f"{pbx.name}/rooms/{identity}")

        def guest() -> None:
            member = self.join(f"+4930231251{rng.randrange(100):02d}", "")
            if member is not None:
                self.engine.after(rng.uniform(60.0, 400.0), lambda: self.leave(member.id))
            self.engine.after(rng.uniform(90.0, 300.0), guest)

        self.engine.after(rng.uniform(5.0, 60.0), guest)


def open_rooms(pbx: Pbx, *, lively: bool) -> dict[int, Room]:
    """The rooms of an account by extension id, with people in them or none."""
    rooms = {each.id: Room(pbx.engine) for each in pbx.extensions.values() if each.kind == "conference"}
    for identity, room in rooms.items():
        if lively:
            room.meet(pbx, identity)
    return rooms
