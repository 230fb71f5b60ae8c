"""A seed tells a run again, and every fault that may be drawn can be done."""

import itertools
import random

import pytest

from tests.chaos.faults import Hand
from tests.chaos.fleet import Fleet
from tests.chaos.mutations import MUTATIONS
from tests.chaos.schedule import (
    ALONE,
    ALONE_FOR_SECONDS,
    AWAY_SECONDS,
    BETWEEN_SECONDS,
    CALM_SECONDS,
    WARM_UP_SECONDS,
    drawn,
    kinds,
)
from tests.chaos.servers import Platform

SEEDS = range(1, 30)


def test_a_seed_draws_the_same_faults_again_and_another_draws_others() -> None:
    assert drawn(7, 600) == drawn(7, 600)
    assert len({drawn(seed, 60) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_faults_come_every_few_seconds_between_a_warm_up_and_a_calm_end(seed: int) -> None:
    faults = drawn(seed, 120)
    assert faults[0].at >= WARM_UP_SECONDS
    assert faults[-1].at <= 120 - CALM_SECONDS
    apart = [later.at - earlier.at for earlier, later in itertools.pairwise(faults)]
    assert all(BETWEEN_SECONDS[0] - 0.1 <= each <= BETWEEN_SECONDS[1] + 0.1 for each in apart)


@pytest.mark.parametrize("members", [1, 3])
def test_a_long_run_has_every_kind_and_kafka_away_alone_for_two_minutes(members: int) -> None:
    faults = drawn(1, 600, members=members)
    assert {each.name for each in faults} == {each.name for each in kinds(members)} | {"kafka-away"}
    [away] = [each for each in faults if each.name == "kafka-away"]
    assert away.seconds == AWAY_SECONDS
    assert not [each for each in faults if away.at < each.at < away.at + away.seconds]


@pytest.mark.parametrize("members", [1, 3])
def test_every_kind_can_be_done(members: int) -> None:
    hand = Hand(Platform.__new__(Platform), Fleet.__new__(Fleet), random.Random(1))
    assert {each.name for each in drawn(1, 600, members=members)} <= hand.kinds


def test_every_mutation_says_what_it_takes_away() -> None:
    assert len({each.says for each in MUTATIONS.values()}) == len(MUTATIONS)
    assert "none" in MUTATIONS


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_that_is_restored_is_backed_up_before_and_nothing_else_happens_meanwhile(seed: int) -> None:
    faults = drawn(seed, 600, restored=True)
    assert [each.name for each in faults if each.name in ALONE] == ["back-up", "restore"]
    for alone in (each for each in faults if each.name in ALONE):
        near = [each for each in faults if abs(each.at - alone.at) < ALONE_FOR_SECONDS]
        assert near == [alone]
