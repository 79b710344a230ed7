"""The reads of RCI as its document lists them (seed 002): single objects, and lists with or without pages."""

from __future__ import annotations

import re
from typing import Generic, TypeVar

from wallboard.domain.language import mark
from wallboard.domain.records import dataclass
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
    """One object: its path, its shape and what it is called, `mark`ed."""

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


USER = Single("/users/{userId}", UserWire, mark("user"))
USER_BY_ROLE = Single("/roles/{roleId}/users/{userId}", UserWire, mark("user"))
USER_BY_GROUP = Single("/userGroups/{userGroupId}/users/{userId}", UserWire, mark("user"))
ROLE = Single("/roles/{roleId}", NamedWire, mark("role"))
USER_GROUP = Single("/userGroups/{userGroupId}", NamedWire, mark("user group"))
ROLE_OF = Single("/users/{userId}/roles/{roleId}", NamedWire, mark("role"))
GROUP_OF = Single("/users/{userId}/userGroups/{userGroupId}", NamedWire, mark("user group"))
SKILL = Single("/skills/{skillId}", NamedWire, mark("skill"))
SKILL_OF = Single("/users/{userId}/skills/{skillId}", NamedWire, mark("skill"))
PROFILE = Single("/prsProfiles/{prsProfileId}", NamedWire, mark("profile"))
QUEUE = Single("/queues/{queueId}", QueueWire, mark("queue"))
QUEUE_BY_GROUP = Single("/queueGroups/{queueGroupId}/queues/{queueId}", QueueWire, mark("queue"))
EXTENSION = Single("/queues/{queueId}/extensions/{extensionId}", ExtensionWire, mark("address"))
QUEUE_GROUP = Single("/queueGroups/{queueGroupId}", NamedWire, mark("queue group"))
QUEUE_GROUP_OF = Single("/queues/{queueId}/queueGroups/{queueGroupId}", NamedWire, mark("queue group"))
IVR = Single("/customIvrs/{customIvrId}", IvrWire, mark("IVR"))
ONE_SET = Single("/disruptionSets/{disruptionSetId}", NamedWire, mark("disruption set"))
ITEM = Single("/disruptionSets/{disruptionSetId}/items/{itemId}", ItemWire, mark("item"))

ROLES = Many("/roles", NamedWire, mark("roles"), paged=True)
ROLE_USERS = Many("/roles/{roleId}/users", UserWire, mark("users"))
USER_GROUPS = Many("/userGroups", NamedWire, mark("user groups"), paged=True)
GROUP_USERS = Many("/userGroups/{userGroupId}/users", UserWire, mark("users"))
ROLES_OF = Many("/users/{userId}/roles", NamedWire, mark("roles"))
GROUPS_OF = Many("/users/{userId}/userGroups", NamedWire, mark("user groups"))
SKILLS = Many("/skills", NamedWire, mark("skills"), paged=True)
SKILLS_OF = Many("/users/{userId}/skills", NamedWire, mark("skills"))
PROFILES = Many("/prsProfiles", NamedWire, mark("presence profiles"), paged=True)
QUEUES = Many("/queues", QueueWire, mark("queues"), paged=True)
EXTENSIONS = Many("/queues/{queueId}/extensions", ExtensionWire, mark("addresses"))
QUEUE_GROUPS = Many("/queueGroups", NamedWire, mark("queue groups"), paged=True)
GROUP_QUEUES = Many("/queueGroups/{queueGroupId}/queues", QueueWire, mark("queues"), paged=True)
QUEUE_GROUPS_OF = Many("/queues/{queueId}/queueGroups", NamedWire, mark("queue groups"))
IVRS = Many("/customIvrs", IvrWire, mark("IVRs"), paged=True)
SETS = Many("/disruptionSets", NamedWire, mark("disruption sets"), paged=True)
ITEMS = Many("/disruptionSets/{disruptionSetId}/items", ItemWire, mark("items"))
USERS = Many("/users", UserWire, mark("users"), paged=True)
EVENTS = Many("/disruptionSets/{disruptionSetId}/events", EventWire, mark("events"))
