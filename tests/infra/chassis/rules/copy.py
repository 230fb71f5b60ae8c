"""Read copies and reading one's own writes. Held by test_copy_rules.py."""

from tests.infra.chassis.faults import commands, consuming
from tests.infra.chassis.rules.rule import Rule, rule

RULES: tuple[Rule, ...] = (
    rule(
        "state topics are applied when their version is higher, compared as (epoch, version)",
        "test_an_older_state_never_replaces_a_newer_one",
        copies=consuming.TakesWhateverComes,
    ),
    rule(
        "of two first copies of an id the newer one stays",
        "test_two_first_copies_at_once_leave_the_newer_one",
        copies=consuming.GivesUpAtTheFirstRefusal,
    ),
    rule(
        "null value and type *-erased erases",
        "test_an_erased_state_does_not_come_back",
        copies=consuming.TakesWhateverComes,
    ),
    rule(
        "on a missing reference wait until the committed offset reaches the end offset seen on arrival",
        "test_a_reference_made_a_moment_ago_is_found",
        freshness=consuming.NeverWaits,
    ),
    rule(
        "what was answered a moment ago may still be on its way to Kafka",
        "test_a_reference_whose_event_is_still_on_its_way_to_kafka_is_found",
        freshness=consuming.TrustsTheFirstLook,
    ),
    rule(
        "caught up: 422",
        "test_a_reference_that_nobody_made_is_refused_as_soon_as_that_is_sure",
        freshness=consuming.NeverSure,
    ),
    rule(
        "not caught up or Kafka away: 503 with Retry-After",
        "test_a_reference_is_not_refused_while_its_arrival_is_possible",
        freshness=consuming.CallsItCaughtUp,
    ),
    rule(
        "at most 2 s, whatever of Kafka does not answer",
        "test_a_reference_is_waited_for_two_seconds_although_kafka_does_not_answer",
        freshness=consuming.WaitsForKafka,
    ),
    rule(
        "wait for the facts partition of ids that facts create",
        "test_a_reference_that_a_fact_makes_is_found",
        runtime=commands.KnowsCopiesOnly,
    ),
)
