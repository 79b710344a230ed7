"""Recordings and voicemail of the hosted PBX as resources (seed 003): `record/`, `voicemail/`.

A list needs its window. While a list or its statistics are being made, a second one is refused ("Stats request already
exists…"). The sound itself is not offered: a console names where it is and fetches none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

from wallboard.sim.asgi import Handler, HttpError, Request, Response, json_response
from wallboard.sim.faces.ringme_rows import stamp
from wallboard.sim.history import write_history
from wallboard.sim.model import Extension
from wallboard.sim.pbx import Pbx
from wallboard.sim.recordings import Recording

_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\Z")
_BUSY = "Stats request already exists, concurrent request not allowed"

Path = dict[str, str]


def _size(recording: Recording) -> int:
    """Bytes: 64 kbit/s."""
    return 8000 * recording.length


class Archive:
    """The archive of one account. `busy_for`: seconds of `clock` for which a list keeps others from being made."""

    def __init__(self, pbx: Pbx, find: Callable[[Path], Extension], clock: Callable[[], float]) -> None:
        self.pbx = pbx
        self.engine = pbx.engine
        self.recordings = pbx.recordings
        self.find = find
        self.clock = clock
        self.busy_for = 0.0
        self._busy_until = float("-inf")
        write_history(pbx)

    def routes(self) -> tuple[tuple[str, str, Handler], ...]:
        record, voicemail = "/extension/{extension}/record/", "/extension/{extension}/voicemail/{uuid}"
        return (
            ("GET", record, self._list),
            ("GET", record + "stats/", self._stats),
            ("GET", record + "{uuid}/storage_url/", self._url),
            ("GET", voicemail + "/storage_url/", self._message_url),
        )

    def _moment(self, request: Request, name: str) -> float:
        """`YYYY-MM-DD HH:MM:SS`, UTC without saying so, as all times of this vendor."""
        text = request.parameter(name)
        if text is None:
            raise HttpError(400, f"{name}: required")
        try:
            if not _TIME.match(text):
                raise ValueError
            moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError:
            raise HttpError(400, f"{name}: 'YYYY-MM-DD HH:MM:SS' expected") from None
        return (moment - self.engine.start).total_seconds()

    def _window(self, request: Request, path: Path) -> list[Recording]:
        """What began in the window, oldest first."""
        extension = self.find(path)
        begin, end = self._moment(request, "start_datetime"), self._moment(request, "end_datetime")
        if end < begin:
            raise HttpError(400, "end_datetime: before start_datetime")
        if self.clock() < self._busy_until:
            raise HttpError(429, _BUSY)
        self._busy_until = self.clock() + self.busy_for
        found = [each for each in self.recordings.of(extension) if begin <= each.began <= end]
        return sorted(found, key=lambda each: each.began)

    def _list(self, request: Request, path: Path) -> Response:
        order = request.parameter("order", "desc")
        if order not in ("desc", "asc"):
            raise HttpError(400, "order: one of 'desc', 'asc'")
        try:
            page, size = int(request.parameter("page") or 1), int(request.parameter("per_page") or 20)
        except ValueError:
            raise HttpError(400, "page and per_page must be integers") from None
        if page < 1 or not 1 <= size <= 100:
            raise HttpError(400, "page or per_page out of range")
        found = self._window(request, path)
        if order == "desc":
            found.reverse()
        return json_response(200, [self._row(each) for each in found[(page - 1) * size : page * size]])

    def _stats(self, request: Request, path: Path) -> Response:
        found = self._window(request, path)
        size = sum(map(_size, found))
        return json_response(200, {"files_size": size, "records_count": len(found)})

    def _row(self, record: Recording) -> dict[str, object]:
        """Every field of the document; null for what does not apply."""
        phone, domain = record.extension, self.pbx.domain
        outgoing = record.flow == "out"
        inside, outside = phone.short_name, record.source
        did = (record.did or "").removeprefix("+") or None
        return {
            "record_uuid": record.uuid,
            "call_uuid": record.call_id,
            "extension_id": phone.id,
            "extension_name": phone.name,
            "extension_type": phone.kind,
            "extension_group_owner_id": phone.group_id,
            "client_owner_id": phone.client_id,
            "flow": record.flow,
            "result": record.result,
            "calls_result": record.result,
            "hangup_disposition": record.disposition,
            "calls_hangup_disposition": record.disposition,
            "hangup_cause": "NORMAL_CLEARING",
            "duration": record.length,
            "record_file_size": _size(record),
            "init_time_gmt": stamp(self.engine, record.began, fraction=True),
            "start_time_gmt": stamp(self.engine, record.answered),
            "hangup_time_gmt": stamp(self.engine, record.ended),
            "from_username": inside if outgoing else outside,
            "from_domain": domain if outgoing else None,
            "from_screen_name": record.source_name or None,
            "source_number": record.source,
            "source_domain": domain if outgoing else None,
            "to_username": record.destination if outgoing else inside,
            "to_domain": None if outgoing else domain,
            "dest_number": record.destination,
            "dest_domain": domain,
            "did_number": did,
            "did_domain": domain if did else None,
            "ani_number": None,
            "ext_number_reg": phone.number,
            "application": "voicemail" if record.result == "voicemail" else "bridge",
        }

    def _found(self, path: Path, *, voicemail: bool) -> Recording:
        record = self.recordings.find(self.find(path), path["uuid"])
        if record is None or (record.result == "voicemail") != voicemail:
            raise HttpError(404, "Not found")
        return record

    def _storage(self, record: Recording) -> Response:
        name = f"{record.uuid}.{'wav' if record.result == 'voicemail' else 'mp3'}"
        return json_response(200, {"record_url": f"https://storage.{self.pbx.domain}/{self.pbx.client_id}/{name}"})

    def _url(self, request: Request, path: Path) -> Response:
        return self._storage(self._found(path, voicemail=False))

    def _message_url(self, request: Request, path: Path) -> Response:
        return self._storage(self._found(path, voicemail=True))
