"""What this adapter does with each of the 103 operations of seed 003 (vendors.md §3.6).

The live lists, the actions and what is read on demand are reached; what sets the PBX up, and what belongs to no
contact-centre floor (fax, chat, menus, mail alerts), is left out with the reason.
"""

from __future__ import annotations

from wallboard.vendors.base import Coverage, Operation, Relevance

_BASE = "/extension/{extension_id}"
_READS = "tests/contract/test_ringme_reads.py::"
_ACTIONS = "tests/contract/test_ringme_actions.py::"
_REPORTS = "tests/contract/test_ringme_reports.py::"
_ROOMS = "tests/contract/test_ringme_rooms.py::"
_ORDER = ("POST", "GET", "PUT", "DELETE")


def _live(method: str, path: str, use: str, shown_by: str) -> Operation:
    return Operation(method, _BASE + path, Relevance.LIVE, use, shown_by)


def _action(method: str, path: str, use: str, shown_by: str) -> Operation:
    return Operation(method, _BASE + path, Relevance.ACTION, use, shown_by)


def _detail(path: str, use: str, shown_by: str) -> Operation:
    return Operation("GET", _BASE + path, Relevance.DETAIL, use, shown_by)


def _left_out(relevance: Relevance, why: str, *operations: str) -> tuple[Operation, ...]:
    """Operations as `METHODS /path`, several methods joined by commas."""
    found = []
    for each in operations:
        methods, path = each.split(" ")
        found += [Operation(method, _BASE + path, relevance, why) for method in methods.split(",")]
    return tuple(found)


_LIVE = (
    Operation(
        "GET",
        "/extension/registration/",
        Relevance.LIVE,
        "feed phones, all telephones in one request",
        _READS + "test_registration_asks_for_all_phones_at_once_and_leaves_the_unknown_unknown",
    ),
    _live("GET", "/queue/status/", "feed queues", _READS + "test_counters_of_a_queue_with_its_name_and_strategy"),
    _live(
        "GET",
        "/queue/status/agents/",
        "feed agents",
        _READS + "test_agents_of_a_queue_can_be_found_by_every_name_of_theirs",
    ),
    _live("GET", "/queue/status/members/", "feed members", _READS + "test_callers_of_a_queue"),
    _live(
        "GET",
        "/current_calls/",
        "feed calls, phone by phone where the account has no list of all calls",
        _READS + "test_given_queues_and_phones_are_asked_for_exactly_and_nothing_is_discovered",
    ),
    _live(
        "GET",
        "/registration/",
        "report registration of an agent or telephone",
        _REPORTS + "test_registration_shows_contacts_and_devices",
    ),
    _live(
        "GET",
        "/conference/status/",
        "report room now of a conference room: all five questions, answered in the vendor's own words",
        _REPORTS + "test_a_room_answers_all_five_questions_in_its_own_words",
    ),
)

_ACTION = (
    _action(
        "PUT",
        "/current_calls/{call_api_id}",
        "verbs listen, whisper, barge, transfer, attended, hold, resume, park, pickup and fetch",
        _ACTIONS + "test_control_of_a_call_is_one_put_with_its_documented_action",
    ),
    _action(
        "DELETE",
        "/current_calls/{call_api_id}",
        "verbs hangup and end",
        _ACTIONS + "test_hanging_up_is_one_delete_without_a_body",
    ),
    _action(
        "PUT",
        "/valet_park/{call_api_id}",
        "verbs park and fetch with slots; reading a parked call again",
        _ACTIONS + "test_parking_takes_the_first_free_slot_and_shows_the_parked_call",
    ),
    _action("POST", "/callback/", "verb call", _ACTIONS + "test_calling_rings_my_phone_and_then_the_number"),
    _action(
        "PUT",
        "/agent/{agent_id}",
        "verbs signin and signout",
        _ACTIONS + "test_signing_an_agent_in_and_out_writes_the_status_of_the_profile",
    ),
    *(
        _action(
            method,
            f"/queue/agents/{kind}/{end}",
            f"verb {use}, agents of {whose}",
            _ACTIONS + f"test_staffing_{test}",
        )
        for kind, whose, test in (
            ("local", "this account", "adds_changes_and_removes_a_place_in_a_queue"),
            ("remote", "another account", "of_an_external_agent_goes_to_the_remote_list"),
        )
        for method, end, use in (
            ("POST", "", "staff"),
            ("PUT", "{agent_id}", "staff of an agent who is there (level, position)"),
            ("DELETE", "{agent_id}", "unstaff"),
        )
    ),
    _action(
        "PUT",
        "/conference/status/",
        "verb room of a conference room: mute, deaf, lock, enter_sound, stop_play; play_file is not offered",
        _ROOMS + "test_each_form_of_a_room_is_one_put_with_exactly_its_field",
    ),
    _action(
        "PUT",
        "/speech_to_text/{call_api_id}",
        "verb transcribe of a call",
        _ROOMS + "test_speech_to_text_is_started_and_stopped",
    ),
)

_RECORDINGS = "of an agent, telephone, call or queue"
_NAMED = f"{_RECORDINGS}: names the address of the file to fetch; a terminal plays no sound"
_DETAIL = (
    _detail(
        "/agent/",
        "report agent profile of a telephone; who an agent is before a write",
        _REPORTS + "test_profiles_of_a_telephone_and_of_an_agent",
    ),
    _detail(
        "/agent/{agent_id}",
        "report agent profile of an agent or telephone",
        _REPORTS + "test_profiles_of_a_telephone_and_of_an_agent",
    ),
    _detail(
        "/ani/",
        "report telephone settings of an agent or telephone",
        _REPORTS + "test_telephone_settings_come_from_three_places_and_show_no_pin",
    ),
    _detail(
        "/conference/",
        "report settings of a conference room",
        _REPORTS + "test_settings_of_a_room_show_no_pin",
    ),
    _detail(
        "/current_calls/{call_api_id}",
        "report call of a call; reading one call again before an action",
        _REPORTS + "test_a_call_in_full_and_its_running_recording",
    ),
    _detail(
        "/extension/",
        "names of what the config lists; report telephone settings of an agent or telephone",
        _REPORTS + "test_telephone_settings_come_from_three_places_and_show_no_pin",
    ),
    _detail(
        "/phone/",
        "report telephone settings of an agent or telephone",
        _REPORTS + "test_telephone_settings_come_from_three_places_and_show_no_pin",
    ),
    _detail(
        "/queue/",
        "with discovery (strategy, limits); report settings of a queue",
        _REPORTS + "test_settings_and_tiers_of_a_queue",
    ),
    *(
        operation
        for kind in ("local", "remote")
        for operation in (
            _detail(
                f"/queue/agents/{kind}/",
                "with discovery (levels); report agents by tier of a queue",
                _REPORTS + "test_settings_and_tiers_of_a_queue",
            ),
            _detail(
                f"/queue/agents/{kind}/{{agent_id}}",
                "report places in queues of an agent",
                _REPORTS + "test_places_of_an_agent_are_read_one_by_one",
            ),
        )
    ),
    _detail("/record/", f"report recordings {_RECORDINGS}", _REPORTS + "test_recordings_of_the_last_day"),
    _detail("/record/stats/", f"report recording totals {_RECORDINGS}", _REPORTS + "test_recording_totals"),
    _detail(
        "/record/{record_uuid}",
        f"report recording files {_NAMED}",
        _REPORTS + "test_recording_files_by_link_and_address",
    ),
    _detail(
        "/record/{record_uuid}/download/",
        f"report recording files {_NAMED}",
        _REPORTS + "test_recording_files_by_link_and_address",
    ),
    _detail(
        "/record/{record_uuid}/storage_url/",
        f"report recording files {_RECORDINGS}; report this recording of a call",
        _REPORTS + "test_recording_files_by_link_and_address",
    ),
    _detail(
        "/voicemail/{record_uuid}",
        f"report voicemail {_NAMED}",
        _REPORTS + "test_voicemail_is_found_among_the_recordings",
    ),
    _detail(
        "/voicemail/{record_uuid}/storage_url/",
        f"report voicemail {_RECORDINGS}",
        _REPORTS + "test_voicemail_is_found_among_the_recordings",
    ),
)

_RULES = "/ivr/context/{context_id}/options/{option_digits}/rules/"
_CONFIG = (
    *_left_out(
        Relevance.CONFIG,
        "makes or drops agents: staffing of queues is done with those that there are",
        "POST /agent/",
        "DELETE /agent/{agent_id}",
    ),
    *_left_out(Relevance.CONFIG, "spellings of an extension: part of setting up numbers", "GET /alias/"),
    *_left_out(Relevance.CONFIG, "the number that callees see: part of setting up a telephone", "PUT /ani/"),
    *_left_out(
        Relevance.CONFIG,
        "settings of a room last beyond the call; a running room has its own verbs",
        "PUT /conference/",
    ),
    *_left_out(
        Relevance.CONFIG,
        "webhooks: they need a listener that the vendor reaches, which a terminal is not",
        "POST,GET,DELETE /event/",
        "PUT,GET,DELETE /event/{id}",
    ),
    *_left_out(
        Relevance.CONFIG,
        "inbound routing: part of setting up numbers, and read by nothing on the floor",
        "POST,GET /incom_rule/",
        "PUT,GET /incom_rule/order/",
        "PUT,GET,DELETE /incom_rule/{rule_id}",
    ),
    *_left_out(
        Relevance.CONFIG, "settings of a telephone: read on demand, changed in the vendor's pages", "PUT /phone/"
    ),
    *_left_out(Relevance.CONFIG, "settings of a queue: read on demand, changed in the vendor's pages", "PUT /queue/"),
    *_left_out(
        Relevance.CONFIG,
        "throws telephones off the PBX: a repair, not a supervisor's action",
        "DELETE /registration/",
        "DELETE /registration/{registration_id}",
    ),
    *_left_out(
        Relevance.CONFIG,
        "people who may use the vendor's portal: access rights, not calls",
        "POST,GET /user/extension/",
        "PUT,GET,DELETE /user/extension/{user_id}",
    ),
)
_NONE = (
    *_left_out(Relevance.NONE, "chat of an extension: no queue, no call", "PUT,DELETE /chat/{chat_id}/messages/"),
    *_left_out(
        Relevance.NONE,
        "fax: nobody waits in it",
        "PUT,GET /fax/",
        "GET /fax/in/{fax_uuid}",
        "POST /fax/out/",
        "PUT /fax/out/{message_id}",
    ),
    *_left_out(
        Relevance.NONE,
        "time intervals of routing rules, which are not touched either",
        "POST,GET /interval/",
        "PUT,GET,DELETE /interval/{interval_id}",
    ),
    *_left_out(
        Relevance.NONE,
        "building voice menus: the calls that leave them are in the live lists",
        "PUT,GET /ivr/",
        "POST,GET /ivr/context/",
        "PUT,GET,DELETE /ivr/context/{context_id}",
        "POST,GET /ivr/context/{context_id}/options/",
        "DELETE /ivr/context/{context_id}/options/{option_digits}",
        f"POST,GET {_RULES}",
        f"PUT,GET {_RULES}order/",
        f"PUT,GET,DELETE {_RULES}{{rule_id}}",
        "GET /ivr/scheme/",
    ),
    *_left_out(
        Relevance.NONE,
        "mail about events: the alarms of the console are its own",
        "POST,GET /mail_notification/",
        "PUT,GET,DELETE /mail_notification/{id}",
    ),
    *_left_out(
        Relevance.NONE,
        "library of sound files: nothing here plays them",
        "GET /sound/",
        "GET /sound/{sound_id}/download/",
    ),
)

COVERAGE = (
    Coverage(
        "003_6e79b5f92749c7e9",
        "Hosted PBX extension API (RingMe, Telphin and white labels)",
        tuple(
            sorted(
                (*_LIVE, *_ACTION, *_DETAIL, *_CONFIG, *_NONE),
                key=lambda each: (each.path, _ORDER.index(each.method)),
            )
        ),
    ),
)
