"""What this adapter does with each operation of the two documents.

The older one (000) prints no paths at all; its operations stand in the order of the newer one (001), which has two more
and ends before the SIP customer. Bases and meanings: vendors.md §1.3.
"""

from __future__ import annotations

from dataclasses import replace

from wallboard.vendors.base import Coverage, Operation, Relevance

_TESTS = "tests/contract/test_groupalarm.py::"
_REPORTS = "tests/contract/test_groupalarm_reports.py::"
_COST = "orders or gives up a telephone number for money, for good: a matter of the vendor's own pages"

_AGENTS = (
    Operation(
        "GET",
        "/agents",
        Relevance.LIVE,
        "feed phones (duty telephones of each user), report telephones of a telephone",
        _TESTS + "test_discovery_completes_the_hotlines_and_reveals_the_telephones",
    ),
    Operation("POST", "/agents", Relevance.CONFIG, "adds a telephone to a user: set up once, by the user"),
    Operation(
        "PUT",
        "/agents/{id}",
        Relevance.ACTION,
        "verbs signin and signout of a telephone (on and off duty)",
        _TESTS + "test_telephones_on_and_off_duty",
    ),
)
_HOTLINES = (
    Operation(
        "GET",
        "/hotlines",
        Relevance.LIVE,
        "feed hotlines, all pages",
        _TESTS + "test_all_pages",
    ),
    Operation("POST", "/hotlines", Relevance.CONFIG, _COST),
    Operation(
        "GET",
        "/hotlines/{hotlineID}",
        Relevance.LIVE,
        "reading one hotline again, and before every write",
        _TESTS + "test_reading_one_row_again",
    ),
    Operation(
        "PUT",
        "/hotlines/{hotlineID}",
        Relevance.ACTION,
        "verbs open, close and announce",
        _TESTS + "test_opening_and_pausing_change_one_field_of_the_whole_object",
    ),
)
_LOGS = (
    Operation(
        "GET",
        "/hotlines/{hotlineID}/logs",
        Relevance.LIVE,
        "last call and calls nobody took, with discovery; report call log of a hotline",
        _TESTS + "test_the_newest_logs_whichever_end_they_stand_at",
    ),
    Operation(
        "GET",
        "/hotlines/{hotlineID}/logs/{logID}",
        Relevance.DETAIL,
        "report last call of a hotline",
        _REPORTS + "test_the_last_call_is_read_by_its_own_id",
    ),
    Operation(
        "GET",
        "/hotlines/{hotlineID}/records",
        Relevance.DETAIL,
        "report billed records of a hotline",
        _REPORTS + "test_billed_records_with_their_length_and_price",
    ),
)
_CUSTOMER = "sip-customer (path not printed)"

_NEWER = (
    *_AGENTS,
    Operation("DELETE", "/agents/{id}", Relevance.CONFIG, "removes a telephone of a user: set up once, by the user"),
    *_HOTLINES,
    Operation("DELETE", "/hotlines/{hotlineID}", Relevance.NONE, _COST),
    *_LOGS,
)
_OLDER = (
    *(
        replace(operation, use=f"{operation.use}; the path is that of document 001")
        for operation in (*_AGENTS, *_HOTLINES, *_LOGS)
    ),
    Operation("POST", _CUSTOMER, Relevance.NONE, "signs up with the telephone provider; no document has its path"),
    Operation("GET", _CUSTOMER, Relevance.CONFIG, "whether such a customer exists; no document has its path"),
)

COVERAGE = (
    Coverage("000_3ad780e42c90f02f", "GroupAlarm First Responder, older page without paths", _OLDER),
    Coverage("001_62c7996d5aaa1f6b", "GroupAlarm First Responder 3.1.0", _NEWER),
)
