"""The token's life: taken from whatever the answer holds, renewed before it ends, once for all who wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import pytest

from wallboard.domain.clock import ManualClock
from wallboard.domain.errors import BadAnswer, CredentialsRefused, Missing, Unreachable
from wallboard.domain.redaction import redact
from wallboard.vendors.base import LoginAuth, Secret
from wallboard.vendors.portsip.login import Login

pytestmark = pytest.mark.anyio


class Vendor:
    """Answers sign-ins in turn, the last answer over and over."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    async def __call__(
        self, where: str, *, form: Mapping[str, str] | None = None, json: Mapping[str, Any] | None = None
    ) -> object:
        self.asked.append((where, form or json or {}))
        await anyio.lowlevel.checkpoint()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def login(vendor: Vendor, clock: ManualClock, style: str = "json") -> Login:
    return Login(LoginAuth("mira", Secret("pa55"), "pbx.example.net", style), clock, vendor)


def token(headers: tuple[tuple[str, str], ...]) -> str:
    return dict(headers)["Authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize(
    "answer",
    [
        {"access_token": "t1", "expires_in": 1800, "refresh_token": "r1", "token_type": "Bearer"},
        {"access_token": "t1", "expires_in": "1800", "refresh_tokne": "r1"},
        {"token": "t1", "expires_at": "2026-02-02T03:10:00Z", "refresh_token": "r1"},
        {"data": {"access_token": "t1", "expires_in": 1800, "refresh_token": "r1"}},
    ],
)
async def test_every_shape_of_the_answer(answer: dict[str, Any]) -> None:
    clock = ManualClock(1_769_999_800.0)  # 2026-02-02T02:36:40Z
    vendor = Vendor(answer, {"access_token": "t2", "expires_in": 1800})
    signed = login(vendor, clock)
    assert token(await signed.headers()) == "t1"
    clock.advance(1700)
    assert token(await signed.headers()) == "t1"
    clock.advance(250)
    assert token(await signed.headers()) == "t2"
    assert vendor.asked[1] == ("/auth/refresh_token", {"refresh_token": "r1"})


@pytest.mark.parametrize(
    "answer", [None, {}, [], "OK", {"access_token": ""}, {"access_token": "a\nb"}, {"role": "User"}]
)
async def test_an_answer_without_a_token_says_what_to_try(answer: Any) -> None:
    with pytest.raises(BadAnswer, match='style = "oauth"'):
        await login(Vendor(answer), ManualClock()).headers()
    with pytest.raises(BadAnswer, match='style = "json"'):
        await login(Vendor(answer), ManualClock(), "oauth").headers()


async def test_a_refused_token_is_replaced_once_for_all_who_had_it() -> None:
    vendor = Vendor({"access_token": "t1"}, {"access_token": "t2"}, {"access_token": "t3"})
    signed = login(vendor, ManualClock())
    used = await signed.headers()
    renewed: list[bool] = []

    async def renew() -> None:
        renewed.append(await signed.renew(used))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(renew)
    assert renewed == [True] * 5
    assert token(await signed.headers()) == "t2"
    assert len(vendor.asked) == 2


async def test_an_ended_refresh_token_means_signing_in_anew() -> None:
    clock = ManualClock()
    vendor = Vendor(
        {"access_token": "t1", "expires_in": 600, "refresh_token": "r1"},
        CredentialsRefused("ended"),
        {"access_token": "t2", "expires_in": 600},
    )
    signed = login(vendor, clock)
    await signed.headers()
    clock.advance(590)
    assert token(await signed.headers()) == "t2"
    assert [where for where, _ in vendor.asked] == ["/login", "/auth/refresh_token", "/login"]


async def test_a_token_that_still_counts_outlives_a_renewal_that_nobody_answers() -> None:
    clock = ManualClock()
    vendor = Vendor({"access_token": "t1", "expires_in": 600, "refresh_token": "r1"}, Unreachable("away"))
    signed = login(vendor, clock)
    await signed.headers()
    clock.advance(560)
    assert token(await signed.headers()) == "t1"
    clock.advance(60)
    with pytest.raises(Unreachable):
        await signed.headers()


async def test_a_new_token_that_is_refused_too_ends_the_trying() -> None:
    vendor = Vendor({"access_token": "t1"}, {"access_token": "t2"})
    signed = login(vendor, ManualClock())
    used = await signed.headers()
    assert await signed.renew(used)
    signed.refuse()
    assert not await signed.renew(await signed.headers())


async def test_everything_secret_is_hidden_from_then_on() -> None:
    vendor = Vendor({"access_token": "t0k3n-1", "refresh_token": "r3fr3sh-1"})
    signed = login(vendor, ManualClock())
    await signed.headers()
    assert redact("pa55, t0k3n-1 and r3fr3sh-1") == "***, *** and ***"


async def test_where_nothing_answers_the_sign_in_it_is_tried_again_and_the_url_is_named() -> None:
    vendor = Vendor(Missing("sign-in: the vendor does not know this"), {"access_token": "t1"})
    clock = ManualClock()
    signed = login(vendor, clock)
    with pytest.raises(BadAnswer, match="ends in /api"):
        await signed.headers()
    clock.advance(1.1)
    assert token(await signed.headers()) == "t1"
