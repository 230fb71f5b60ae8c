"""What a run's figures are made of."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping

import pytest

from tests.chaos.drawing import drawn
from tests.chaos.figures import growth, recoveries, refused, throughput_after
from tests.chaos.ledger import Line, Outcome
from tests.chaos.schedule import Fault
from tests.chaos.watching import READS, Place, Sample

KILL = Fault(10, "kill-service", "ticket")
FREEZE = Fault(15, "freeze-service", "notify", 9)
TOPIC = min(READS["ticket"])


def sample(at: float, end: int = 0, read: int = 0, done: int = 0, memory: int = 100) -> Sample:
    places: Mapping[Place, int] = {(TOPIC, 0): read}
    return Sample(at, {(TOPIC, 0): end}, dict.fromkeys(READS, places), done, dict.fromkeys(READS, memory))


def line(begun: float, ended: float, outcome: Outcome = "done") -> Line:
    return Line("note", outcome, begun, ended, 1, "key", "")


def test_recovery_lasts_until_all_that_stood_in_the_log_is_read() -> None:
    samples = [
        sample(9, 10, 10),
        sample(12, 40, 10),
        sample(15, 60, 35),
        sample(17, 80, 41),
        sample(20, 99, 99),
    ]
    assert recoveries([(KILL, 10, 11)], samples) == {"kill-service": 6}


def test_a_recovery_that_another_fault_disturbs_is_told_apart() -> None:
    samples = [sample(9, 10, 10), sample(12, 40, 10), sample(17, 80, 41), sample(26, 90, 90)]
    spans = [(KILL, 10.0, 11.0), (FREEZE, 15.0, 24.0)]
    assert recoveries(spans, samples) == {"freeze-service": 2}
    assert recoveries(spans, samples, disturbed=True) == {"kill-service": 6}
    assert recoveries([(KILL, 10, 11), (FREEZE, 18.0, 24.0)], samples) == {
        "kill-service": 6,
        "freeze-service": 2,
    }


def test_a_fault_of_which_the_run_never_recovered_has_no_time() -> None:
    assert recoveries([(KILL, 10, 11)], [sample(12, 40, 10)]) == {}


def test_refusals_are_counted_apart_during_faults_and_outside() -> None:
    lines = [line(1, 2), line(11, 30, "refused"), line(12, 13), line(40, 41), line(50, 60, "refused")]
    assert refused([(KILL, 10, 11)], lines) == {"during": 0.5, "outside": round(2 / 3 - 1 / 3, 4)}


def test_throughput_after_healing_is_compared_with_that_before_the_first_fault() -> None:
    samples = [sample(0, done=0), sample(10, done=100), sample(50, done=400), sample(60, done=495)]
    assert throughput_after([(KILL, 10, 11)], samples, 60) == pytest.approx(0.95)


def test_growth_compares_the_last_third_with_the_one_before() -> None:
    memories = (10, 10, 100, 100, 110, 110)
    assert growth([sample(n, memory=m) for n, m in enumerate(memories)]) == {
        service: pytest.approx(0.1) for service in READS
    }


def test_the_picture_is_svg_with_every_fault_in_it() -> None:
    picture = drawn([sample(n, n, n // 2, n * 10) for n in range(60)], [(KILL, 10, 11)], "a <run>")
    root = ET.fromstring(picture)
    words = " ".join(root.itertext())
    assert "kill-service ticket" in words
    assert "a <run>" in words
