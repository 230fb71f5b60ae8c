"""The producer starts again where it must. Held by test_producer_rules.py."""

from tests.infra.chassis.faults import commands, publishing
from tests.infra.chassis.rules.rule import Rule, rule

RULES: tuple[Rule, ...] = (
    rule(
        "the producer is rebuilt when stuck",
        "test_a_producer_that_takes_nothing_any_more_is_rebuilt",
        producer=publishing.NeverRebuilds,
    ),
    rule(
        "a producer counts as stuck when it owes an answer",
        "test_events_that_a_producer_never_answers_for_go_to_the_next_one",
        publisher=publishing.CountsRefusalsOnly,
    ),
    rule(
        "what a replaced producer owes an answer for goes to the new one",
        "test_events_that_a_producer_never_answers_for_go_to_the_next_one",
        publisher=publishing.WaitsForTheOldOne,
    ),
    rule(
        "a producer that lost its place in a partition's numbering is rebuilt whatever the others do",
        "test_a_producer_that_lost_its_place_in_one_partition_is_rebuilt_at_once",
        publisher=publishing.TakesItForAPassingRefusal,
    ),
    rule(
        "a replaced producer sends nothing any more",
        "test_what_a_replaced_producer_held_is_not_sent_by_it_too",
        producer=publishing.LeavesTheOldOneRunning,
    ),
    rule(
        "of the brokers that are named one may be down",
        "test_of_the_brokers_that_are_named_one_may_be_down",
        producer=publishing.TakesTheListForAName,
    ),
    rule(
        "producer acks=all",
        "test_an_event_counts_as_published_when_all_replicas_in_sync_have_it",
        producer=publishing.AsksTheLeaderOnly,
    ),
    rule(
        "producer idempotent",
        "test_an_event_whose_acknowledgement_got_lost_is_in_the_log_once",
        producer=publishing.SendsTwice,
    ),
    rule(
        "producer off the request path: Kafka away must not stop intake",
        "test_a_command_is_answered_while_kafka_is_away",
        runtime=commands.AnswersWhenPublished,
    ),
)
