"""What is done with each operation of seed 002. Generated into docs/coverage.md."""

from __future__ import annotations

from wallboard.vendors.base import Coverage, Operation, Relevance

_READ = "tests/contract/test_sinch_coverage.py::test_what_is_declared_is_what_is_requested"
_ACTED = "tests/contract/test_sinch_actions.py::"


def _detail(path: str, use: str) -> Operation:
    return Operation("GET", path, Relevance.DETAIL, use, _READ)


def _action(method: str, path: str, use: str, test: str) -> Operation:
    return Operation(method, path, Relevance.ACTION, use, _ACTED + test)


def _config(method: str, path: str, why: str) -> Operation:
    return Operation(method, path, Relevance.CONFIG, why)


def _none(method: str, path: str, why: str) -> Operation:
    return Operation(method, path, Relevance.NONE, why)


_OPERATIONS = (
    _detail("/users", "feed agents"),
    _config("POST", "/users", "sets up users: administration"),
    _detail("/users/{userId}", "report user record; reading an agent again"),
    _config("PUT", "/users/{userId}", "sets up users: administration"),
    _config("DELETE", "/users/{userId}", "sets up users: administration"),
    _detail("/users/{userId}/userGroups", "report user groups of an agent"),
    _config("POST", "/users/{userId}/userGroups", "staffing is set up in the administration, not from a board"),
    _detail(
        "/users/{userId}/userGroups/{userGroupId}",
        "report user groups: whether synchronised, which the list leaves out",
    ),
    _config(
        "DELETE",
        "/users/{userId}/userGroups/{userGroupId}",
        "staffing is set up in the administration, not from a board",
    ),
    _detail("/users/{userId}/roles", "report roles of an agent"),
    _config("POST", "/users/{userId}/roles", "roles are rights: administration"),
    _detail("/users/{userId}/roles/{roleId}", "report roles: what a role is for, which the list leaves out"),
    _config("DELETE", "/users/{userId}/roles/{roleId}", "roles are rights: administration"),
    _none("GET", "/users/{userId}/certificates", "sign-in certificates of a user: administration"),
    _none("POST", "/users/{userId}/certificates", "sign-in certificates of a user: administration"),
    _none("GET", "/users/{userId}/certificates/{certificateId}", "sign-in certificates of a user: administration"),
    _none("DELETE", "/users/{userId}/certificates/{certificateId}", "sign-in certificates of a user: administration"),
    _detail("/users/{userId}/skills", "report skills of an agent, with levels"),
    _config("POST", "/users/{userId}/skills", "staffing is set up in the administration, not from a board"),
    _detail("/users/{userId}/skills/{skillId}", "report skills: a name that the list of skills does not hold"),
    _config("PUT", "/users/{userId}/skills/{skillId}", "staffing is set up in the administration, not from a board"),
    _config("DELETE", "/users/{userId}/skills/{skillId}", "staffing is set up in the administration, not from a board"),
    _detail("/userGroups", "feed agents: groups in the details"),
    _config("POST", "/userGroups", "sets up user groups and who is in them: administration"),
    _detail("/userGroups/{userGroupId}", "report user groups, where the user's own entry says no more"),
    _config("PUT", "/userGroups/{userGroupId}", "sets up user groups and who is in them: administration"),
    _config("DELETE", "/userGroups/{userGroupId}", "sets up user groups and who is in them: administration"),
    _detail("/userGroups/{userGroupId}/users", "feed agents: who belongs to which group"),
    _config("POST", "/userGroups/{userGroupId}/users", "sets up user groups and who is in them: administration"),
    _detail(
        "/userGroups/{userGroupId}/users/{userId}",
        "report user record, where neither the user nor a role's may be read",
    ),
    _config(
        "DELETE", "/userGroups/{userGroupId}/users/{userId}", "sets up user groups and who is in them: administration"
    ),
    _detail("/queues", "feed queues"),
    _config("POST", "/queues", "sets up queues, their addresses and groups: administration"),
    _detail("/queues/{queueId}", "reading a queue again"),
    _config("PUT", "/queues/{queueId}", "sets up queues, their addresses and groups: administration"),
    _config("DELETE", "/queues/{queueId}", "sets up queues, their addresses and groups: administration"),
    _detail("/queues/{queueId}/extensions", "feed queues: addresses; report addresses"),
    _config("POST", "/queues/{queueId}/extensions", "sets up queues, their addresses and groups: administration"),
    _detail(
        "/queues/{queueId}/extensions/{extensionId}",
        "report addresses: language and priority, which the list leaves out",
    ),
    _config(
        "DELETE",
        "/queues/{queueId}/extensions/{extensionId}",
        "sets up queues, their addresses and groups: administration",
    ),
    _detail("/queues/{queueId}/queueGroups", "report queue groups of a queue"),
    _config("POST", "/queues/{queueId}/queueGroups", "sets up queues, their addresses and groups: administration"),
    _detail(
        "/queues/{queueId}/queueGroups/{queueGroupId}",
        "report queue groups: what a group is for, which the list leaves out",
    ),
    _config(
        "DELETE",
        "/queues/{queueId}/queueGroups/{queueGroupId}",
        "sets up queues, their addresses and groups: administration",
    ),
    _none("GET", "/queues/{queueId}/attributes", "translations of a name: administration"),
    _none("POST", "/queues/{queueId}/attributes", "translations of a name: administration"),
    _detail("/queueGroups", "feed queues: groups in the details"),
    _config("POST", "/queueGroups", "sets up queue groups and what is in them: administration"),
    _detail("/queueGroups/{queueGroupId}", "report queue groups, where the queue's own entry says no more"),
    _config("PUT", "/queueGroups/{queueGroupId}", "sets up queue groups and what is in them: administration"),
    _config("DELETE", "/queueGroups/{queueGroupId}", "sets up queue groups and what is in them: administration"),
    _detail("/queueGroups/{queueGroupId}/queues", "feed queues: which queues a group has"),
    _config("POST", "/queueGroups/{queueGroupId}/queues", "sets up queue groups and what is in them: administration"),
    _detail("/queueGroups/{queueGroupId}/queues/{queueId}", "reading a queue again where all queues may not be read"),
    _config(
        "DELETE",
        "/queueGroups/{queueGroupId}/queues/{queueId}",
        "may delete the queue itself: the document calls it both",
    ),
    _none("GET", "/queueGroups/{queueGroupId}/attributes", "translations of a name: administration"),
    _none("POST", "/queueGroups/{queueGroupId}/attributes", "translations of a name: administration"),
    _detail("/roles", "feed agents: roles in the details"),
    _config("POST", "/roles", "sets up roles, which are rights: administration"),
    _detail("/roles/{roleId}", "report roles, where the user's own entry says no more"),
    _config("PUT", "/roles/{roleId}", "sets up roles, which are rights: administration"),
    _config("DELETE", "/roles/{roleId}", "sets up roles, which are rights: administration"),
    _detail("/roles/{roleId}/users", "feed agents: who has which role"),
    _config("POST", "/roles/{roleId}/users", "sets up roles, which are rights: administration"),
    _detail("/roles/{roleId}/users/{userId}", "report user record, where all users may not be read"),
    _config("DELETE", "/roles/{roleId}/users/{userId}", "sets up roles, which are rights: administration"),
    _detail("/skills", "report skills: names"),
    _config("POST", "/skills", "sets up the list of skills: administration"),
    _detail("/skills/{skillId}", "report skills: a name that neither list nor user's entry holds"),
    _config("PUT", "/skills/{skillId}", "sets up the list of skills: administration"),
    _config("DELETE", "/skills/{skillId}", "sets up the list of skills: administration"),
    _config("GET", "/timeZones", "the choice of zones for the administration"),
    _config("GET", "/timeZones/{timeZoneId}", "the choice of zones for the administration"),
    _detail("/prsProfiles", "report presence profiles of an agent"),
    _detail("/prsProfiles/{prsProfileId}", "report presence profiles: a reason that the list leaves out"),
    _none("GET", "/messagingServices", "connections to messengers, with their passwords"),
    _none("POST", "/messagingServices", "connections to messengers, with their passwords"),
    _none("GET", "/messagingServices/{messagingServiceId}", "connections to messengers, with their passwords"),
    _none("PUT", "/messagingServices/{messagingServiceId}", "connections to messengers, with their passwords"),
    _none("DELETE", "/messagingServices/{messagingServiceId}", "connections to messengers, with their passwords"),
    _none(
        "GET",
        "/messagingServices/{messagingServiceId}/authentications",
        "connections to messengers, with their passwords",
    ),
    _none(
        "POST",
        "/messagingServices/{messagingServiceId}/authentications",
        "connections to messengers, with their passwords",
    ),
    _none(
        "GET",
        "/messagingServices/{messagingServiceId}/authentications/{id}",
        "connections to messengers, with their passwords",
    ),
    _none(
        "PUT",
        "/messagingServices/{messagingServiceId}/authentications/{id}",
        "connections to messengers, with their passwords",
    ),
    _none(
        "DELETE",
        "/messagingServices/{messagingServiceId}/authentications/{id}",
        "connections to messengers, with their passwords",
    ),
    _none("GET", "/replyTemplates", "texts for agents who answer, not for supervisors"),
    _none("GET", "/replyTemplates/{replyTemplateId}", "texts for agents who answer, not for supervisors"),
    _none("GET", "/replyTemplates/{replyTemplateId}/attachments", "texts for agents who answer, not for supervisors"),
    _none(
        "GET",
        "/replyTemplates/{replyTemplateId}/attachments/{attachmentId}",
        "texts for agents who answer, not for supervisors",
    ),
    _detail("/customIvrs", "report IVRs of a telephone queue"),
    _detail("/customIvrs/{customIvrId}", "report IVRs: addresses that the list leaves out"),
    _none("GET", "/customIvrs/{customIvrId}/sourceCodes", "source code and translations of an IVR: development"),
    _none(
        "GET",
        "/customIvrs/{customIvrId}/sourceCodes/{sourceCodeId}",
        "source code and translations of an IVR: development",
    ),
    _none(
        "GET",
        "/customIvrs/{customIvrId}/currentSourceCodeVersion",
        "source code and translations of an IVR: development",
    ),
    _none("GET", "/customIvrs/{customIvrId}/attributes", "source code and translations of an IVR: development"),
    _none("POST", "/customIvrs/{customIvrId}/attributes", "source code and translations of an IVR: development"),
    _none("GET", "/audioPrompts", "recordings of announcements: administration"),
    _none("GET", "/audioPrompts/{audioPromptId}", "recordings of announcements: administration"),
    _none("GET", "/cpExtensions", "plug-ins of the vendor's own desktop"),
    _none("GET", "/cpExtensions/{cpExtensionId}", "plug-ins of the vendor's own desktop"),
    _detail("/disruptionSets", "feed notices: one scope a set"),
    _detail("/disruptionSets/{disruptionSetId}", "report disruption set of a notice"),
    _detail("/disruptionSets/{disruptionSetId}/events", "feed notices; report disruption set"),
    _action("POST", "/disruptionSets/{disruptionSetId}/events", "verb publish", "test_a_notice_is_published"),
    _detail(
        "/disruptionSets/{disruptionSetId}/events/{eventId}",
        "reading a notice again, also before it is changed or ended",
    ),
    _action(
        "PUT",
        "/disruptionSets/{disruptionSetId}/events/{eventId}",
        "verbs change and close (an active notice)",
        "test_a_notice_is_changed_and_nothing_else_is",
    ),
    _action(
        "DELETE",
        "/disruptionSets/{disruptionSetId}/events/{eventId}",
        "verb close (a notice that has not begun)",
        "test_a_notice_that_has_not_begun_is_deleted",
    ),
    _detail("/disruptionSets/{disruptionSetId}/items", "feed notices: words of the items; what the forms offer"),
    _detail(
        "/disruptionSets/{disruptionSetId}/items/{itemId}",
        "report items of a notice; an item that the list does not hold",
    ),
)

COVERAGE = (Coverage("002_39d6c52c2ad77fe2", "Sinch Contact Center Restful Configuration Interface v1", _OPERATIONS),)
