"""The rest of the hand-written PBX: recordings, voicemail, profiles, registrations, a conference room."""

from __future__ import annotations

from typing import Any

import httpx

from tests.vendors.ringme.fake import CALLS, PHONES, QUEUES, FakePbx, ok, pbx

ROOM: dict[str, Any] = {"id": 34600, "name": "022*690@pbx.example", "type": "conference", "label": "Morning meeting"}
DANA: dict[str, Any] = {
    "id": 32600,
    "name": "031*101@pbx.example",
    "type": "phone",
    "label": "Dana",
    "status": "active",
}
"""The telephone of the external agent."""
RECORDINGS: list[dict[str, Any]] = [
    {
        "record_uuid": "32494-OLD",
        "init_time_gmt": "2026-03-01 10:00:00.5",
        "duration": 3725,
        "flow": "out",
        "result": "answered",
        "hangup_disposition": "callee_bye",
        "source_number": "022*341",
        "dest_number": "+37410555100",
        "record_file_size": 1_400_000,
    },
    {
        "record_uuid": "32494-NEW",
        "init_time_gmt": "2026-03-02 08:00:00",
        "duration": "247",
        "flow": "in",
        "result": "answered",
        "hangup_disposition": "caller_bye",
        "source_number": "+37410555012",
        "from_screen_name": "Acme",
        "dest_number": "022*341",
        "record_file_size": 900,
    },
    {
        "record_uuid": "32494-VM",
        "init_time_gmt": "2026-03-02 07:00:00",
        "duration": 34,
        "flow": "in",
        "result": "voicemail",
        "hangup_disposition": "caller_bye",
        "source_number": "+37410555077",
        "record_file_size": None,
    },
]
PHONE_SETTINGS: dict[str, Any] = {
    "name": "022*341",
    "vm_enabled": True,
    "conference_pin": "9173",
    "replace_pin": "4455",
    "record_transfer": False,
    "hold_music": None,
    "vm_mailto": "None",
}
ROOM_ANSWERS: dict[str, httpx.Response] = {
    "show_members": ok([{"member_id": 3, "caller_id_number": "022*341", "mute": False}]),
    "is_locked": ok(False),
    "max_members": ok({"max_members": 20}),
    "count": httpx.Response(200, text="one member\nreally", headers={"content-type": "text/plain"}),
    "run_time": ok(61),
}


def whole_pbx() -> FakePbx:
    """Everything that seed 003 calls a live list, an action or a detail, for one row of each kind."""
    vendor = pbx()
    lists = {"queue": QUEUES, "phone": [*PHONES, DANA], "conference": [ROOM]}

    def listing(request: httpx.Request) -> httpx.Response:
        return ok(lists.get(request.url.params["type"], []) if request.url.params["page"] == "1" else [])

    def room(request: httpx.Request) -> httpx.Response:
        answer = ROOM_ANSWERS[request.url.params["action"]]
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    routes = vendor.routes
    routes["GET /client/@me/extension/"] = listing
    for extension in ("32494", "32495", "32500", "32600", "34414", "34415"):
        base = f"GET /extension/{extension}"
        routes[f"{base}/record/"] = ok(RECORDINGS)
        routes[f"{base}/record/stats/"] = ok({"records_count": 3, "files_size": 1_400_900})
        for recording in RECORDINGS:
            uuid = recording["record_uuid"]
            for kind in ("record", "voicemail"):
                routes[f"{base}/{kind}/{uuid}/storage_url/"] = ok({"record_url": f"https://storage.example/{uuid}"})
        routes[f"{base}/registration/"] = ok(
            {
                "extension_id": int(extension),
                "registered": True,
                "registrations": [
                    {
                        "id": "r1",
                        "contact": "sip:341@192.0.2.7:5060",
                        "user_agent": "Yealink\x1b[2J T46",
                        "password": "pw",
                    }
                ],
            }
        )
        routes[f"{base}/phone/"] = ok(PHONE_SETTINGS)
        routes[f"{base}/ani/"] = ok({"default": "37460700700"})
        routes[f"{base}/extension/"] = ok({"id": int(extension), "name": "022*341@pbx.example", "type": "phone"})
    routes["GET /extension/32494/agent/136"] = ok(
        {"id": 136, "name": "Anna", "status": {"status": "available"}, "wrap_up_time": 10, "extra_params": None}
    )
    routes["GET /extension/32600/agent/"] = ok([{"id": 9, "name": "Dana"}])
    routes["GET /extension/32600/agent/9"] = ok({"id": 9, "name": "Dana", "status": {"name": "logged_out"}})
    routes["GET /extension/34414/queue/agents/local/136"] = ok({"agent_id": 136, "level": 2, "position": 1})
    routes["GET /extension/34414/queue/agents/remote/9"] = ok({"agent_id": 9, "level": 1, "position": 4})
    routes["GET /extension/34600/conference/"] = ok({"pin": "1234", "moderator_pin": None, "max_members": 20})
    routes["GET /extension/34600/conference/status/"] = room
    for call in CALLS:
        where = f"/extension/{call['extension_id']}/current_calls/{call['call_api_id']}"
        routes[f"GET {where}"] = ok({name: value for name, value in call.items() if not isinstance(value, dict)})
        for method in ("PUT", "DELETE"):
            routes[f"{method} {where}"] = ok({})
        for action in ("valet_park", "speech_to_text"):
            routes[f"PUT /extension/{call['extension_id']}/{action}/{call['call_api_id']}"] = ok({})
    routes["GET /extension/32495/record/32495-AB12/storage_url/"] = ok("https://storage.example/running")
    routes["POST /extension/32500/callback/"] = ok({"call_api_id": "c", "call_id": "c"})
    routes["PUT /extension/32494/agent/136"] = ok({})
    routes["PUT /extension/34600/conference/status/"] = ok({})
    for queue in ("34414", "34415"):
        for kind, agent in (("local", 136), ("remote", 9)):
            routes[f"POST /extension/{queue}/queue/agents/{kind}/"] = ok({}, 201)
            for method in ("PUT", "DELETE"):
                routes[f"{method} /extension/{queue}/queue/agents/{kind}/{agent}"] = ok({})
    return vendor
