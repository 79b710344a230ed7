"""Publishing, changing and ending notices: what is read first, what is refused, and the one request that acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import tzinfo
from typing import Any

from wallboard.domain.clock import Clock
from wallboard.domain.command import Command
from wallboard.domain.errors import NotSent
from wallboard.domain.language import tr
from wallboard.domain.models import Address, Notice, in_address
from wallboard.domain.records import dataclass
from wallboard.vendors.base import Receipt, SourceSettings
from wallboard.vendors.http.client import Answer, HttpSource, Route, route
from wallboard.vendors.kit.acts import act, fresh, receipt, request
from wallboard.vendors.kit.turns import Turns
from wallboard.vendors.kit.wire import instant
from wallboard.vendors.sinch import notices
from wallboard.vendors.sinch.mapping import Known, ahead, begun, notice, over
from wallboard.vendors.sinch.reading import Reader, event_route
from wallboard.vendors.sinch.wire import EventWire, guid


def created_id(answer: Answer) -> str:
    """The id that a POST returns: bare text by the document, in practice also quoted, in JSON, or in `Location`.
    "" if there is no GUID to be sure of; then the notice is known by what it says."""
    data = answer.data
    if isinstance(data, Mapping):
        data = next((value for name, value in data.items() if str(name).casefold() == "id"), None)
    text = str(data) if isinstance(data, str | int) else answer.text
    return guid(text) or guid(answer.headers.get("location", "").partition("?")[0].rstrip("/").rpartition("/")[2])


@dataclass(slots=True)
class Actions:
    """Performs commands on notices. All raise `ActionError`s only."""

    settings: SourceSettings
    http: HttpSource
    reader: Reader
    known: Known
    clock: Clock
    zone: tzinfo
    _writing: Turns = field(default_factory=Turns)

    async def publish(self, command: Command) -> Receipt:
        """POST a new event to the set whose form was filled in."""
        kind, _, identity = command.arg("form").partition(":")
        disruption_set = self.known.sets.get(identity)
        if kind != "publish" or disruption_set is None:
            raise NotSent(tr("nothing sent: there is no such disruption set; fill in the form again"))
        form = notices.publish_form(disruption_set, self.known.items.get(identity, {}), self.settings.timezone)
        body = notices.published(notices.values_of(form, command.args), self.zone, self._vendor_now())
        where = route("/disruptionSets/{disruptionSetId}/events", disruptionSetId=identity)
        answer = await self.http.act("POST", where, json=body, accept="text/html")
        asked = request("POST", where, body, f"activeFrom {body['activeFrom']}")
        return receipt(asked, answer, created_id(answer))

    async def change(self, command: Command) -> Receipt:
        """PUT the whole event as the form says, made of the event as it is now."""
        async with self._writing.alone(command.target.key):
            disruption_set, event = self._place(command.target.address, command)
            named = command.arg("form").split(":", 3)
            if named[:3] != ["change", disruption_set, event]:
                raise NotSent(tr("nothing sent: this is the form of another notice; fill it in again"))
            found, row = await self._fresh(disruption_set, event)
            if not _same_version(named[3] if len(named) > 3 else "", in_address(row.address, "modified") or ""):
                raise NotSent(tr("nothing sent: somebody else changed it meanwhile; open the form again"))
            items = self.known.items.get(disruption_set, {})
            form = notices.change_form(row, items, self.settings.timezone, self.zone)
            values = notices.values_of(form, command.args)
            body = notices.changed(form, values, found, items, self.zone, self._vendor_now())
            where = event_route(disruption_set, event)
            before = {field.name: field.value.strip() for field in form.fields}
            names = ", ".join(name for name in values if values[name] != before[name])
            return await self._send("PUT", where, names, body, event)

    async def end(self, command: Command) -> Receipt:
        """End an active notice by giving it an end: PUT with `activeTo` now.

        The document also has a DELETE, which takes the event away for good, with what was published and when. Ending is
        what `activeTo` is for, and leaves that on record. A notice that has not begun has nothing to record, and an end
        before its beginning is no event: that one is deleted.
        """
        async with self._writing.alone(command.target.key):
            disruption_set, event = self._place(command.target.address, command)
            found, row = await self._fresh(disruption_set, event)
            now = self.clock.now()
            if over(row, now):
                raise NotSent(tr("nothing sent: it is over already"))
            where = event_route(disruption_set, event)
            if begun(row, now):
                body = notices.ended(found, self._vendor_now())
                return await self._send("PUT", where, "activeTo now", body, event)
            painted = command.target.print.started
            if painted is None or painted <= now:
                raise NotSent(tr("nothing sent: it was put off meanwhile and begins later"))
            return await self._send("DELETE", where, "", None, event)

    def _vendor_now(self) -> float:
        return self.clock.now() + ahead(self.http.clock_offset)

    def _place(self, address: Address, command: Command) -> tuple[str, str]:
        disruption_set = in_address(address, "set")
        if not disruption_set:
            # From a script, which names the row alone.
            event = command.target.key.id
            disruption_set = next((name for name, listed in self.known.events.items() if event in listed), "")
        if not disruption_set:
            raise NotSent(tr("nothing sent: which disruption set it belongs to has not been read yet"))
        return disruption_set, command.target.key.id

    async def _fresh(self, disruption_set: str, event: str) -> tuple[dict[str, Any], Notice]:
        found = await fresh(self.reader.event(disruption_set, event))
        self.known.ahead = ahead(self.http.clock_offset)
        row = notice(EventWire.model_validate(found), disruption_set, self.known)
        if row.key.id != event:
            raise NotSent(tr("nothing sent: the vendor returned another notice"))
        return found, row

    async def _send(self, method: str, where: Route, what: str, body: Any = None, *ids: str) -> Receipt:
        asked = request(method, where, body, what)
        return receipt(asked, await act(self.http, asked), *ids)


def _same_version(one: str, other: str) -> bool:
    """Whether two `modified` are of the same version; where one is not told, nothing is known against it."""
    first, second = instant(one), instant(other)
    return first is None or second is None or abs(first - second) < 1.0
