"""What is said of the next six minutes follows from the queue as it stands."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from wallboard.board.forecast import AHEAD, QueueNow, Soon, soon, word

TALKS = [100.0, 120.0, 140.0, 160.0, 180.0, 200.0, 220.0, 240.0, 260.0, 280.0, 300.0, 320.0]
CALM = QueueNow(waits=(), ready=12, talking=(), wrap_up=(), arrivals=12, talks=TALKS)
BUSY = QueueNow(waits=(80, 60, 40, 20), ready=0, talking=(10, 20, 30), wrap_up=(), arrivals=20, talks=TALKS)


def test_a_calm_queue_passes_no_limit_and_a_flooded_one_does() -> None:
    assert soon(CALM, longest=60) == Soon(0.0, 0.0, 12)
    assert soon(BUSY, longest=90).likely == 1.0
    assert soon(BUSY, waiting=5).likely == 1.0


def test_a_limit_that_is_passed_already_is_certain() -> None:
    assert soon(replace(CALM, waits=(61,)), longest=60).likely == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_one_agent_more_never_makes_it_worse(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        queue = QueueNow(
            waits=[chance.uniform(0, 100) for _ in range(chance.randrange(6))],
            ready=chance.randrange(1, 4),
            talking=[chance.uniform(0, 200) for _ in range(chance.randrange(5))],
            wrap_up=[chance.uniform(0, 30) for _ in range(chance.randrange(2))],
            arrivals=chance.randrange(10, 40),
            talks=TALKS,
            lost_after=[chance.uniform(10, 90) for _ in range(chance.randrange(4))],
            answered_after=[chance.uniform(0, 60) for _ in range(10)],
        )
        said = soon(queue, longest=chance.uniform(30, 200), seed=seed)
        assert said.likely is not None
        assert said.with_one_more is not None
        assert 0.0 <= said.with_one_more <= said.likely <= 1.0


def test_it_grows_with_the_callers_and_falls_with_the_agents() -> None:
    def likely(queue: QueueNow) -> float:
        said = soon(queue, longest=60)
        assert said.likely is not None
        return said.likely

    middle = QueueNow(waits=(), ready=5, talking=(50, 100), wrap_up=(), arrivals=20, talks=TALKS)
    assert likely(replace(middle, arrivals=10)) < likely(middle) < likely(replace(middle, arrivals=40))
    assert likely(replace(middle, ready=9)) < likely(middle) < likely(replace(middle, ready=2))


def test_the_patient_wait_longer() -> None:
    queue = replace(BUSY, waits=(), lost_after=(20.0,) * 10)
    impatient, patient = soon(queue, longest=150).likely, soon(replace(queue, lost_after=()), longest=150).likely
    assert impatient is not None
    assert patient is not None
    assert impatient < 0.2 < patient


def test_of_too_little_nothing_is_said() -> None:
    assert soon(replace(CALM, arrivals=9), longest=60) == Soon(
        None, None, 9, "only 9 of 10 callers and talk times needed"
    )
    assert soon(replace(CALM, talks=TALKS[:4]), longest=60).likely is None
    assert soon(replace(CALM, ready=0), longest=60) == Soon(None, None, 12, "nobody is there to answer")


def test_the_same_queue_reads_the_same() -> None:
    assert soon(BUSY, longest=200, seed=3) == soon(BUSY, longest=200, seed=3)


def test_likelihoods_have_words() -> None:
    assert [word(value) for value in (0.0, 0.4, 0.5, 0.6, 1.0)] == [
        "unlikely", "unlikely", "as likely as not", "likely", "likely",
    ]  # fmt: skip


def test_who_joins_late_cannot_have_waited_longer_than_is_looked_ahead() -> None:
    nobody = QueueNow(waits=(), ready=0, talking=(0.0,), wrap_up=(), arrivals=30, talks=[10_000.0] * 12)
    assert soon(nobody, longest=AHEAD).likely == 0.0
    assert soon(nobody, longest=AHEAD - 120).likely == 1.0


def test_waits_that_no_model_explains_count_as_well() -> None:
    """Agents who are ready and do not take calls: the queue stands calm, and its callers waited long all the same."""
    slow = replace(CALM, answered_after=(70.0, 90.0, 80.0, 20.0))
    told = soon(slow, longest=60)
    assert told.likely is not None
    assert told.likely > 0.6
    assert soon(replace(CALM, answered_after=(20.0, 30.0)), longest=60).likely == 0.0
