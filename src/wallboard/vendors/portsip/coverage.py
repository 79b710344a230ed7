"""What this adapter does with each operation of the seed, and with the public resources beside it.

The seed (004) is one page of the vendor's REST documentation, on virtual receptionists. The rest comes from the public
OpenAPI document of PBX 22; of its 416 paths the ones listed here have to do with live calls (vendors.md §4.4).
"""

from __future__ import annotations

from wallboard.vendors.base import Coverage, Operation, Relevance

_REST = "tests/contract/test_portsip.py::"
_LISTS = "tests/contract/test_portsip_lists.py::"
_ACTS = "tests/contract/test_portsip_actions.py::"
_LIVE, _ACTION, _DETAIL, _CONFIG, _NONE = (
    Relevance.LIVE,
    Relevance.ACTION,
    Relevance.DETAIL,
    Relevance.CONFIG,
    Relevance.NONE,
)
_SET_UP = "set up once, on the vendor's own pages"

_IVRS = (
    Operation("GET", "/api/ivrs", _DETAIL, "feed receptionists, all pages"),
    Operation("POST", "/api/ivrs", _CONFIG, f"creates a receptionist: {_SET_UP}"),
    Operation("GET", "/api/ivrs/{id}", _DETAIL, "feed receptionists: rules and hours of each; read before every write"),
    Operation("POST", "/api/ivrs/{id}", _ACTION, "verb change of a receptionist", _REST + "test_a_rule_is_changed"),
)
_SIGN_IN = (
    Operation("POST", "/api/login", _DETAIL, "signing in with style json"),
    Operation("GET", "/api/login", _NONE, "tells a token to a browser that has a session; the sign-in brings it here"),
    Operation("POST", "/api/login/oauth/token", _DETAIL, "signing in, and renewing, with style oauth"),
    Operation("POST", "/api/auth/refresh_token", _DETAIL, "renewing the token before it ends, with style json"),
    Operation("GET", "/api/tenant", _DETAIL, "time zone and office hours behind the receptionists' rules"),
    Operation("GET", "/api/tenant/status", _NONE, "counts of the licence, which the lists tell better"),
)
_QUEUES = (
    Operation(
        "GET", "/api/call_queues", _LIVE, "feed queues, all pages", _LISTS + "test_all_pages_of_the_queues_each_once"
    ),
    Operation("POST", "/api/call_queues", _CONFIG, f"creates a queue: {_SET_UP}"),
    Operation("GET", "/api/call_queues/{id}", _DETAIL, "service target and limits of a queue, every 15 min"),
    Operation("POST", "/api/call_queues/{id}", _CONFIG, f"changes a queue: {_SET_UP}"),
    Operation(
        "GET",
        "/api/call_queues/{id}/status",
        _LIVE,
        "whether the queue takes calls, among its details",
        _LISTS + "test_a_queue_shows_its_number_limits_and_who_waits",
    ),
    Operation("POST", "/api/call_queues/{id}/destroy", _CONFIG, f"deletes a queue: {_SET_UP}"),
    Operation(
        "GET",
        "/api/call_queues/{id}/waiting",
        _LIVE,
        "feed members of the queue, and its count",
        _LISTS + "test_who_waits_is_in_order_and_since_when",
    ),
    Operation(
        "POST",
        "/api/call_queues/{id}/waiting/{session_id}/pickup",
        _ACTION,
        "verb pickup; the caller goes to the telephone of the account signed in",
        _ACTS + "test_every_verb_sends_exactly_one_request",
    ),
    Operation(
        "GET",
        "/api/call_queues/{id}/agents",
        _LIVE,
        "feed agents of the queue: who is in it",
        _LISTS + "test_an_agent_of_two_queues_is_one_row",
    ),
    Operation("POST", "/api/call_queues/{id}/agents", _CONFIG, "replaces the whole list of agents of a queue at once"),
    Operation(
        "GET",
        "/api/call_queues/{id}/agents/{agent_number}",
        _LIVE,
        "feed agents of the queue: the status of each",
        _LISTS + "test_an_agent_of_two_queues_is_one_row",
    ),
    Operation(
        "POST",
        "/api/call_queues/{id}/agents/{agent_number}",
        _ACTION,
        "verbs signin, signout, pause and unpause, in one queue at a time",
        _ACTS + "test_every_verb_sends_exactly_one_request",
    ),
)
_SESSIONS = (
    Operation("GET", "/api/sessions", _LIVE, "feed calls", _LISTS + "test_a_session_is_one_call_of_its_legs"),
    Operation(
        "POST",
        "/api/sessions",
        _ACTION,
        "verb call: from my telephone",
        _ACTS + "test_every_verb_sends_exactly_one_request",
    ),
    Operation("GET", "/api/sessions/directly", _NONE, "creates a call with an extension's password in the address"),
    Operation("GET", "/api/sessions/{id}", _DETAIL, "one call again, before acting on old data"),
    *(
        Operation(
            "POST",
            f"/api/sessions/{{id}}/{name}",
            _ACTION,
            f"verb {verb}",
            _ACTS + "test_every_verb_sends_exactly_one_request",
        )
        for name, verb in (
            ("hold", "hold"),
            ("unhold", "resume"),
            ("refer", "transfer"),
            ("attended_refer", "attended, where the agent already has the second call"),
            ("destroy", "hangup"),
        )
    ),
)
_REST_OF_IT = (
    Operation(
        "GET",
        "/api/users",
        _LIVE,
        "feed phones, all pages",
        _LISTS + "test_telephones_ask_for_registration_in_turns",
    ),
    Operation("POST", "/api/users", _CONFIG, f"creates a user: {_SET_UP}"),
    Operation(
        "GET",
        "/api/users/{id}/status",
        _LIVE,
        "feed phones: registration in turns; report registration of an agent or telephone",
        _LISTS + "test_telephones_ask_for_registration_in_turns",
    ),
    Operation("GET", "/api/users/{id}/call_queues", _DETAIL, "report queues of an agent or telephone"),
    Operation("GET", "/api/users/{id}/call_queues/{queue_id}/agent", _NONE, "the queue's own resource tells the same"),
    Operation("POST", "/api/users/{id}/call_queues/{queue_id}/agent", _NONE, "the queue's own resource does the same"),
    Operation("GET", "/api/holidays", _DETAIL, "report holidays of a receptionist"),
    Operation("POST", "/api/holidays", _CONFIG, f"creates a holiday: {_SET_UP}"),
    Operation("GET", "/api/ivrs/{id}/status", _DETAIL, "report status of a receptionist"),
    Operation("POST", "/api/ivrs/{id}/destroy", _CONFIG, f"deletes a receptionist: {_SET_UP}"),
    Operation("GET", "/api/ivrs/{id}/action_urls", _CONFIG, "web addresses that a receptionist calls"),
    Operation("POST", "/api/ivrs/{id}/action_urls", _CONFIG, "web addresses that a receptionist calls"),
    Operation("GET", "/api/ivrs/{id}/action_urls/{url_id}", _CONFIG, "web addresses that a receptionist calls"),
    Operation("POST", "/api/ivrs/{id}/action_urls/{url_id}", _CONFIG, "web addresses that a receptionist calls"),
    Operation(
        "POST", "/api/ivrs/{id}/action_urls/{url_id}/destroy", _CONFIG, "web addresses that a receptionist calls"
    ),
    Operation("POST", "/api/tenant", _CONFIG, f"changes the tenant: {_SET_UP}"),
    Operation("GET", "/api/monitor", _CONFIG, "which number listening is dialled at; there is no request to listen"),
    Operation("POST", "/api/monitor", _CONFIG, _SET_UP),
    Operation("GET", "/api/call_park", _CONFIG, "which numbers park a call; there is no request to park one"),
    Operation("POST", "/api/call_park", _CONFIG, _SET_UP),
    Operation("GET", "/api/call_park_groups", _CONFIG, "which numbers park a call, by group"),
    Operation("POST", "/api/call_park_groups", _CONFIG, _SET_UP),
)

COVERAGE: tuple[Coverage, ...] = (
    Coverage("004_… PortSIP PBX, Ivrs", "Virtual receptionists", _IVRS),
    Coverage(
        "PortSIP PBX, OpenAPI 22.0",
        "Public resources of the same server, not in the seed",
        (*_SIGN_IN, *_QUEUES, *_SESSIONS, *_REST_OF_IT),
    ),
)
