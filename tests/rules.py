"""Every rule of "Never lose an event", "Time" and "Old data": its test, and a fault that must break it.

The fault is the chassis built with one protection taken away. The test runs on the chassis as it
is and with each of its faults (tests/infra/chassis/conftest.py): with a fault it has to fail. The rows
stand beside the tests: those of test_outbox_rules.py in rules/outbox.py, and so on.
"""

from collections.abc import Mapping

from tests.infra.chassis.rules import command, consuming, copy, health, outbox, parked, poison, producer, time
from tests.infra.chassis.rules.rule import HeldElsewhere, Rule
from tests.infra.chassis.stage import Variant

RULES: tuple[Rule, ...] = (
    *outbox.RULES,
    *producer.RULES,
    *command.RULES,
    *consuming.RULES,
    *poison.RULES,
    *parked.RULES,
    *copy.RULES,
    *time.RULES,
    *health.RULES,
)

ELSEWHERE: tuple[HeldElsewhere, ...] = (
    HeldElsewhere(
        "SSE: one counter document per stream, advanced in the transaction of what the lines tell",
        "infra/chassis/test_sequence.py",
        "test_a_transaction_that_fails_leaves_no_hole",
        "fault-numbers-first",
    ),
    HeldElsewhere(
        "external effects go through a leased delivery queue",
        "infra/chassis/test_deliveries.py",
        "test_each_delivery_happens_once_however_many_loops_work",
        "fault-no-lease",
    ),
)


def faults_of(test: str) -> Mapping[str, Variant]:
    """The variants that a test must notice, by the name of their fault."""
    return {each.fault: each.variant for each in RULES if each.test == test}
