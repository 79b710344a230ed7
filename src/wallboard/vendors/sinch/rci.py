"""The reads of RCI as its document lists them (seed 002): single objects, and lists with or without pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from wallboard.vendors.http.client import Route, route
from wallboard.vendors.sinch.wire import (
    EventWire,
    ExtensionWire,
    ItemWire,
    IvrWire,
    NamedWire,
    QueueWire,
    UserWire,
    Wire,
)

_Row = TypeVar("_Row", bound=Wire)
_NAMES = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Single(Generic[_Row]):
    """One object: its path, its shape and what it is called."""

    template: str
    model: type[_Row]
    what: str

    def route(self, *ids: str) -> Route:
        """With the ids in the order of the path."""
        return route(self.template, **dict(zip(_NAMES.findall(self.template), ids, strict=True)))


@dataclass(frozen=True, slots=True)
class Many(Single[_Row]):
    """A list; `paged`: the document names its pages."""

    paged: bool = False


USER = Single("/users/{userId}", UserWire, "user")
USER_BY_ROLE = Single("/roles/{roleId}/users/{userId}", UserWire, "user")
USER_BY_GROUP = Single("/userGroups/{userGroupId}/users/{userId}", UserWire, "user")
ROLE = Single("/roles/{roleId}", NamedWire, "role")
USER_GROUP = Single("/userGroups/{userGroupId}", NamedWire, "user group")
ROLE_OF = Single("/users/{userId}/roles/{roleId}", NamedWire, "role")
GROUP_OF = Single("/users/{userId}/userGroups/{userGroupId}", NamedWire, "user group")
SKILL = Single("/skills/{skillId}", NamedWire, "skill")
SKILL_OF = Single("/users/{userId}/skills/{skillId}", NamedWire, "skill")
PROFILE = Single("/prsProfiles/{prsProfileId}", NamedWire, "profile")
QUEUE = Single("/queues/{queueId}", QueueWire, "queue")
QUEUE_BY_GROUP = Single("/queueGroups/{queueGroupId}/queues/{queueId}", QueueWire, "queue")
EXTENSION = Single("/queues/{queueId}/extensions/{extensionId}", ExtensionWire, "address")
QUEUE_GROUP = Single("/queueGroups/{queueGroupId}", NamedWire, "queue group")
QUEUE_GROUP_OF = Single("/queues/{queueId}/queueGroups/{queueGroupId}", NamedWire, "queue group")
IVR = Single("/customIvrs/{customIvrId}", IvrWire, "IVR")
ONE_SET = Single("/disruptionSets/{disruptionSetId}", NamedWire, "disruption set")
ITEM = Single("/disruptionSets/{disruptionSetId}/items/{itemId}", ItemWire, "item")

ROLES = Many("/roles", NamedWire, "roles", paged=True)
ROLE_USERS = Many("/roles/{roleId}/users", UserWire, "users")
USER_GROUPS = Many("/userGroups", NamedWire, "user groups", paged=True)
GROUP_USERS = Many("/userGroups/{userGroupId}/users", UserWire, "users")
ROLES_OF = Many("/users/{userId}/roles", NamedWire, "roles")
GROUPS_OF = Many("/users/{userId}/userGroups", NamedWire, "user groups")
SKILLS = Many("/skills", NamedWire, "skills", paged=True)
SKILLS_OF = Many("/users/{userId}/skills", NamedWire, "skills")
PROFILES = Many("/prsProfiles", NamedWire, "presence profiles", paged=True)
QUEUES = Many("/queues", QueueWire, "queues", paged=True)
EXTENSIONS = Many("/queues/{queueId}/extensions", ExtensionWire, "addresses")
QUEUE_GROUPS = Many("/queueGroups", NamedWire, "queue groups", paged=True)
GROUP_QUEUES = Many("/queueGroups/{queueGroupId}/queues", QueueWire, "queues", paged=True)
QUEUE_GROUPS_OF = Many("/queues/{queueId}/queueGroups", NamedWire, "queue groups")
IVRS = Many("/customIvrs", IvrWire, "IVRs", paged=True)
SETS = Many("/disruptionSets", NamedWire, "disruption sets", paged=True)
ITEMS = Many("/disruptionSets/{disruptionSetId}/items", ItemWire, "items")
USERS = Many("/users", UserWire, "users", paged=True)
EVENTS = Many("/disruptionSets/{disruptionSetId}/events", EventWire, "events")
