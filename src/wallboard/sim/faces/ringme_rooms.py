"""Conference rooms and speech-to-text of the hosted PBX as resources (seed 003).

The document names what may be asked and sent, not the answers: these are bare values, as a room's module prints them.
"""

from __future__ import annotations

from collections.abc import Callable

from wallboard.sim.asgi import Handler, HttpError, Request, Response, json_response
from wallboard.sim.model import Extension, Leg
from wallboard.sim.pbx import Pbx
from wallboard.sim.rooms import Room, Rooms

_QUESTIONS = ("show_members", "is_locked", "max_members", "count", "run_time")
_SWITCHES = ("mute", "stop_play", "lock", "deaf", "enter_sound")
_NUMBERS = ("member_id", "play_file")

Path = dict[str, str]
FindExtension = Callable[[Path, str | None], Extension]


class RoomRoutes:
    """Public: `rooms`, and `transcripts`: which directions of a running call are written along (leg id → in, out)."""

    def __init__(self, pbx: Pbx, find: FindExtension) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        self.find = find
        self.rooms = Rooms(pbx)
        self.transcripts: dict[str, set[str]] = {}

    def routes(self) -> tuple[tuple[str, str, Handler], ...]:
        one = "/extension/{extension}"
        return (
            ("GET", one + "/conference/", self._settings),
            ("GET", one + "/conference/status/", self._ask),
            ("PUT", one + "/conference/status/", self._manage),
            ("PUT", one + "/speech_to_text/{call}", self._transcribe),
        )

    def _room(self, path: Path) -> Room:
        return self.rooms.rooms[self.find(path, "conference").id]

    def _settings(self, request: Request, path: Path) -> Response:
        room = self._room(path)
        settings: dict[str, object] = {
            "moderator_pin": None,
            "pin": None,
            "max_members": room.max_members,
            "music_on_hold_sound": None,
            "announce_caller_name": False,
            "enter_sound": None,
            "record_enabled": False,
            "mute_non_moderator": False,
        }
        return json_response(200, settings)

    def _ask(self, request: Request, path: Path) -> Response:
        room, question = self._room(path), request.parameter("action")
        if question not in _QUESTIONS:
            raise HttpError(400, "action: required, one of " + ", ".join(repr(name) for name in _QUESTIONS))
        answers: dict[str, object] = {
            "show_members": [
                {
                    "member_id": member.id,
                    "caller_id_number": member.number,
                    "caller_id_name": member.name,
                    "join_time": int(self.engine.now - member.joined),
                    "mute": member.mute,
                    "deaf": member.deaf,
                }
                for member in room.members.values()
            ],
            "is_locked": room.locked,
            "max_members": room.max_members,
            "count": len(room.members),
            "run_time": 0 if room.began is None else int(self.engine.now - room.began),
        }
        return json_response(200, answers[str(question)])

    def _manage(self, request: Request, path: Path) -> Response:
        """One or several wishes at once. Without `member_id`, mute and deaf are meant for everybody."""
        room, body = self._room(path), request.json_object()
        for name, value in body.items():
            if name in _SWITCHES and not isinstance(value, bool):
                raise HttpError(400, f"{name}: boolean expected")
            if name in _NUMBERS and type(value) is not int:
                raise HttpError(400, f"{name}: integer expected")
            if name not in _SWITCHES + _NUMBERS:
                raise HttpError(400, f"{name}: unknown parameter")
        if not body.keys() - {"member_id"}:
            raise HttpError(400, "nothing to do")
        if not room.members:
            raise HttpError(404, "Conference not found")
        meant = list(room.members.values())
        if "member_id" in body:
            meant = [member for member in meant if member.id == body["member_id"]]
            if not meant:
                raise HttpError(404, "Member not found")
        for member in meant:
            member.mute = bool(body.get("mute", member.mute))
            member.deaf = bool(body.get("deaf", member.deaf))
        room.locked = bool(body.get("lock", room.locked))
        room.chime = bool(body.get("enter_sound", room.chime))
        if body.get("stop_play"):
            room.playing = None
        sound = body.get("play_file")
        room.playing = sound if isinstance(sound, int) else room.playing
        return json_response(200, {})

    def _transcribe(self, request: Request, path: Path) -> Response:
        """Text of a call would be sent to `url`; this simulation notes the wish and sends nothing."""
        leg, body = self._leg(path), request.json_object()
        action, direction, url = body.get("action"), body.get("direction"), body.get("url")
        if action not in ("start", "stop"):
            raise HttpError(400, "action: required, one of 'start', 'stop'")
        if direction not in ("in", "out"):
            raise HttpError(400, "direction: required, one of 'in', 'out'")
        if url is not None and not isinstance(url, str):
            raise HttpError(400, "url: text expected")
        directions = self.transcripts.setdefault(leg.id, set())
        if action == "start":
            directions.add(str(direction))
        else:
            directions.discard(str(direction))
        return json_response(200, {})

    def _leg(self, path: Path) -> Leg:
        leg = self.find(path, "phone").legs.get(path["call"])
        if leg is None:
            raise HttpError(404, "Not found")
        # Calls that are over need no note any more.
        running = {each for phone in self.pbx.phones() for each in phone.legs}
        for identity in self.transcripts.keys() - running:
            del self.transcripts[identity]
        return leg
