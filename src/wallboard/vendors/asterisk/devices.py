"""Whose telephone is it? The one place that says which device a channel belongs to, and which agent a device.

Asterisk names things in several ways: a channel (``PJSIP/1001-0000000a``), a device (``PJSIP/1001``), a member's
interface (``PJSIP/1001``, ``Local/1001@from-queue/n``, ``SIP/1001@host``), and what tells that member's state
(``PJSIP/1001``, ``hint:1001@ext-local``, ``Agent:300001``). They are compared whole and as Asterisk itself compares
them, never by their beginnings, never by what a number looks like.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from wallboard.vendors.asterisk.facts import Channel, Place

POOL = "AgentLogin"
"""The application of a channel that is signed in to the agent pool; its data begin with the agent's id."""


@lru_cache(maxsize=8192)
def device_of(channel: str) -> str:
    """``PJSIP/1001-0000000a`` → ``PJSIP/1001``; ``Local/2001@agents-00000000;1`` → ``Local/2001@agents``.

    Everything before the last dash, whatever the technology: so does Asterisk (``ast_channel_get_device_name``).
    """
    return channel.rpartition("-")[0] or channel


@lru_cache(maxsize=8192)
def device_of_interface(interface: str) -> str:
    """A member's interface without what follows its second slash (``Local/2001@agents/n``, ``PJSIP/7001/sip:…``), which
    is how app_queue finds the device of a member."""
    return "/".join(interface.split("/", 2)[:2])


@lru_cache(maxsize=8192)
def extension_of(interface: str) -> str:
    """``PJSIP/1001`` and ``Local/1001@agents/n`` → ``1001``."""
    return interface.partition("/")[2].split("@", 1)[0].split("/", 1)[0]


def same_device(one: str, other: str) -> bool:
    """Asterisk takes ``pjsip/7001`` for ``PJSIP/7001``."""
    return bool(one) and one.casefold() == other.casefold()


def is_local(channel: str) -> bool:
    return channel.startswith("Local/")


def other_half(channel: str) -> str:
    """The name of the other half of a Local channel, "" for any other channel."""
    if not is_local(channel):
        return ""
    half = {"1": "2", "2": "1"}.get(channel[-1:], "")
    return f"{channel[:-1]}{half}" if half and channel[-2:-1] == ";" else ""


def pool_device(channel: Channel) -> str:
    """The device that a channel in the agent pool is as well: ``Agent:300001``; "" for any other."""
    return f"Agent:{channel.data.split(',', 1)[0]}" if channel.application == POOL else ""


class Telephones:
    """Which member answers on which device. ``hints`` gives the devices of ``1001@ext-local``."""

    def __init__(self, places: Iterable[Place], hints: Mapping[str, tuple[str, ...]]) -> None:
        # A member's own interface says more than what its state is taken from, and that more than a hint's devices.
        claims: tuple[dict[str, dict[str, None]], ...] = ({}, {}, {})
        for place in places:
            _claim(claims[0], place.interface, (place.interface, device_of_interface(place.interface)))
            state = place.state_interface
            if state.casefold().startswith("hint:"):
                _claim(claims[2], place.interface, hints.get(state[5:].casefold(), ()))
            elif state:
                _claim(claims[1], place.interface, (state, device_of_interface(state)))
        self._claims = claims

    def members_on(self, device: str) -> tuple[str, ...]:
        """The interfaces that answer on this device: those that name it best, in no order. Empty: no member does."""
        for claims in self._claims:
            found = claims.get(device.casefold())
            if found:
                return tuple(found)
        return ()

    def may_be(self, interface: str, device: str) -> bool:
        """Whether this member answers on this device, named in whatever way."""
        return any(interface in claims.get(device.casefold(), ()) for claims in self._claims)


def _claim(claims: dict[str, dict[str, None]], interface: str, devices: Iterable[str]) -> None:
    for device in devices:
        claims.setdefault(device.casefold(), {})[interface] = None
