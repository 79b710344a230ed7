"""Who an agent is: the telephone, the profile on it and the places in queues, read when they are needed.

The live list names an agent only by names (vendors.md §3.7, 16); ids come from the profiles of the agent's telephone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wallboard.domain.errors import Missing, NotPermitted
from wallboard.domain.models import Address, in_address
from wallboard.vendors.base import SourceSettings
from wallboard.vendors.http.client import HttpSource, route
from wallboard.vendors.ringme.directory import MOST_NAMES, Directory
from wallboard.vendors.ringme.wire import AgentProfile, many

_REMOTE = re.compile(r"[0-9]+_remote", re.IGNORECASE)
"""The internal name of an agent of another client."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`kind` is `local` or `remote`: which of the two lists of a queue the agent stands in."""

    phone_id: str
    agent_id: str
    kind: str


class People:
    """Finds telephones and agents of one account. All raise `ReadError`s; Missing where there is no such thing."""

    def __init__(self, settings: SourceSettings, http: HttpSource, directory: Directory) -> None:
        self._settings = settings
        self._http = http
        self._directory = directory

    async def phone_id(self, name: str) -> str:
        """The extension id of a telephone, also one that has come since the lists were read; "" if there is none."""
        found = self._directory.phone_id(name)
        if not found and self._settings.phones is None:
            self._directory.phones.update(await self._directory.extensions("phone"))
            found = self._directory.phone_id(name)
        elif not found and None in self._directory.phones.values():
            await self._directory.name_all()
            found = self._directory.phone_id(name)
        return found

    async def phone_of(self, address: Address) -> str:
        """The extension id of the telephone of the agent with this address."""
        extension_name = in_address(address, "extension_name") or ""
        phone_id = await self.phone_id(extension_name)
        if not phone_id:
            name, name_fs = in_address(address, "name") or "", in_address(address, "name_fs") or ""
            phone_id = await self._phone_by_profile(name, name_fs)
        if not phone_id:
            raise Missing(f"the agent's phone {extension_name} is not among the phones of this account")
        return phone_id

    async def agent(self, address: Address) -> Profile:
        """The agent with this address, read now from the profiles of the agent's phone."""
        name_fs = in_address(address, "name_fs") or ""
        name = in_address(address, "name") or ""
        phone_id = await self.phone_of(address)
        profiles = await self.profiles(phone_id)
        if len(profiles) > 1:
            profiles = _matching(profiles, name, name_fs)
        if len(profiles) != 1:
            raise Missing("the phone has no agent profile that matches this agent")
        agent_id = next(iter(profiles))
        return Profile(phone_id, agent_id, self._kind(agent_id, name_fs, in_address(address, "extension_name") or ""))

    async def profiles(self, phone_id: str) -> dict[str, AgentProfile]:
        """The agent profiles of a telephone by their ids."""
        answer = await self._http.get(route("/extension/{extension_id}/agent/", extension_id=phone_id))
        profiles = {profile.id: profile for profile in many(AgentProfile, answer.data, "agent profiles")}
        profiles.pop("", None)
        return profiles

    async def _phone_by_profile(self, name: str, name_fs: str) -> str:
        """The one phone, of those that the vendor does not name, which has this agent's profile; "" if none has."""
        nameless = [phone_id for phone_id, info in self._directory.phones.items() if info is None]
        found: list[str] = []
        for phone_id in nameless[:MOST_NAMES]:
            try:
                profiles = await self.profiles(phone_id)
            except (Missing, NotPermitted):
                continue
            if _matching(profiles, name, name_fs):
                found.append(phone_id)
        return found[0] if len(found) == 1 else ""

    def _kind(self, agent_id: str, name_fs: str, extension_name: str) -> str:
        for (_, known), place in self._directory.places.items():
            if known == agent_id:
                return place.kind
        if _REMOTE.fullmatch(name_fs):
            return "remote"
        prefixes = {name.split("*", 1)[0] for name in self._directory.phone_names.values() if "*" in name}
        foreign = "*" in extension_name and bool(prefixes) and extension_name.split("*", 1)[0] not in prefixes
        return "remote" if foreign else "local"


def _matching(profiles: dict[str, AgentProfile], name: str, name_fs: str) -> dict[str, AgentProfile]:
    """By the agent's name, else by the id with which its internal name begins (`136_local`)."""
    return {key: found for key, found in profiles.items() if name and found.name == name} or {
        key: found for key, found in profiles.items() if name_fs.split("_", 1)[0] == key
    }
