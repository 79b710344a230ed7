"""PortSIP's words in all their spellings, and ids that are one in two spellings."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallboard.domain.states import AgentState
from wallboard.vendors.portsip.states import agent_state, normal, plain_id, same_id, words


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ("READY", AgentState.READY),
        ("Ready", AgentState.READY),
        ("QUEUE_CALL", AgentState.TALKING),
        ("Queue Call", AgentState.TALKING),
        ("queue-call", AgentState.TALKING),
        ("QueueCall", AgentState.TALKING),
        ("Other Call", AgentState.OTHER_CALL),
        ("Wrap Up", AgentState.WRAP_UP),
        ("Not Ready", AgentState.BREAK),
        ("LUNCH", AgentState.BREAK),
        ("Online", AgentState.OFF),
        ("LOGGED_OUT", AgentState.OFF),
        ("Offline", AgentState.UNREACHABLE),
        ("RINGING", AgentState.RINGING),
        ("ON_ACLL", AgentState.OTHER_CALL),
        ("LOGGED_IN", AgentState.UNKNOWN),
        ("Meditating", AgentState.UNKNOWN),
        # Words that only hold a known one.
        ("Almost Ready", AgentState.UNKNOWN),
        ("NOT_ONLINE", AgentState.UNKNOWN),
        ("READY!", AgentState.UNKNOWN),
        ("", AgentState.UNKNOWN),
    ],
)
def test_states(raw: str, state: AgentState) -> None:
    assert agent_state(raw) is state


def test_the_words_of_a_source_come_first() -> None:
    own = words({"Tea Time": "break", "online": "ready"})
    assert [agent_state(raw, own) for raw in ("TEA_TIME", "Online", "Lunch", "Dinner")] == [
        *(AgentState.BREAK, AgentState.READY, AgentState.BREAK, AgentState.UNKNOWN)
    ]


@given(st.text(max_size=40))
def test_a_word_in_one_form_stays_as_it_is(raw: str) -> None:
    once = normal(raw)
    assert normal(once) == once
    assert isinstance(agent_state(raw), AgentState)


def test_the_sample_id_of_the_document_is_the_number_inside() -> None:
    assert same_id("NzAwNTUxOTA5NzczMTQ4MTYw", "700551909773148160")
    assert not same_id("NzAwNTUxOTA5NzczMTQ4MTYw", "700551909773148161")
    assert not same_id("", "700551909773148160")


@given(st.integers(10**6, 10**19))
def test_packed_and_bare_ids_are_one_with_or_without_padding(number: int) -> None:
    packed = base64.b64encode(str(number).encode()).decode()
    assert same_id(packed, str(number))
    assert same_id(packed.rstrip("="), str(number))
    assert plain_id(plain_id(packed)) == plain_id(packed)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_compares(one: str, other: str) -> None:
    assert same_id(one, other) == same_id(other, one)
    assert same_id(one, one)
