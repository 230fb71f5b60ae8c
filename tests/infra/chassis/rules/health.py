"""What probes and operators are told. Held by test_health_rules.py."""

from tests.infra.chassis.faults import commands, watching
from tests.infra.chassis.rules.rule import Rule, rule

RULES: tuple[Rule, ...] = (
    rule(
        "live: the consumer progresses",
        "test_a_consumer_that_stands_still_is_not_live",
        watch=watching.NeverDoubts,
    ),
    rule(
        "live: only when the broker answers",
        "test_a_consumer_is_live_while_kafka_does_not_answer",
        watch=watching.TakesSilenceForStandstill,
    ),
    rule(
        "lag, assignment and outbox age are in the health body and the metrics, whatever does not answer",
        "test_every_figure_is_told_beside_one_that_cannot_be_had",
        watch=watching.AllFiguresOrNone,
    ),
    rule(
        "ready: indexes are there",
        "test_a_service_is_ready_when_its_indexes_are_there",
        runtime=commands.IsReadyAtOnce,
    ),
)
