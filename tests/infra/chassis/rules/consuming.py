"""Events are applied once. Held by test_consuming_rules.py."""

from infra.chassis.events.inbox import INBOX
from infra.chassis.store.collection import Index
from tests.infra.chassis.faults import consuming, reading
from tests.infra.chassis.rules.rule import Rule, rule

TWO_WEEKS = {INBOX: (Index((("at", 1),), expire_after_seconds=14 * 86400, name="expiry"),)}

RULES: tuple[Rule, ...] = (
    rule(
        "drop what the inbox knows",
        "test_what_is_delivered_again_is_not_applied_again",
        batches=consuming.RemembersNothing,
    ),
    rule("inbox TTL 60 d", "test_what_was_had_31_days_ago_is_not_applied_again", indexes=TWO_WEEKS),
    rule(
        "one transaction: inbox ids, states with events, parked",
        "test_ids_are_stored_with_the_effects_or_not_at_all",
        batches=consuming.RemembersFirst,
    ),
    rule(
        "commit offsets after the transaction",
        "test_a_batch_that_could_not_be_stored_is_read_again",
        consumer=consuming.CommitsWhateverHappens,
    ),
    rule(
        "auto_offset_reset=earliest",
        "test_events_from_before_a_groups_first_start_are_read",
        consumer=consuming.StartsAtTheEnd,
    ),
    rule(
        "after three tries split the batch by key",
        "test_an_aggregate_in_contention_does_not_hold_up_the_others",
        batches=consuming.NeverSplits,
    ),
    rule(
        "correlation and causation ids and traceparent are stored with the event",
        "test_an_event_carries_what_led_to_it_through_every_hop",
        span=consuming.starts_anew,
    ),
    rule(
        "what is logged while an event is handled carries its correlation id",
        "test_a_log_line_about_an_event_says_which_request_led_to_it",
        span=consuming.logs_alone,
    ),
    rule(
        "hand the events to the publisher",
        "test_what_a_batch_tells_is_published_without_the_sweep",
        batches=reading.TellsNobody,
    ),
    rule(
        "what was read ahead of a batch that fails is read again after it",
        "test_what_is_read_ahead_of_a_batch_that_fails_comes_after_it",
        consumer=reading.KeepsWhatItReadAhead,
    ),
    rule(
        "what was read ahead of a batch that fails is not lost",
        "test_what_is_read_ahead_of_a_batch_that_fails_comes_after_it",
        consumer=reading.LosesWhatItReadAhead,
    ),
    rule(
        "a batch's offsets are committed behind it",
        "test_a_batch_does_not_wait_for_the_commit_of_the_one_before",
        consumer=reading.AwaitsCommits,
    ),
    rule(
        "committed offsets are never ahead of what is stored",
        "test_offsets_never_run_ahead_of_what_is_stored",
        consumer=reading.CommitsWhatItPolled,
    ),
    rule(
        "read_committed",
        "test_what_a_transaction_took_back_is_not_applied",
        consumer=reading.ReadsWhatMayBeTakenBack,
    ),
    rule(
        "topics are created by astreinte topics apply, never by a service",
        "test_a_service_waits_for_its_topics_and_makes_none",
        consumer=reading.MakesTopics,
    ),
    rule(
        "topics are created by astreinte topics apply, never by the broker",
        "test_a_service_waits_for_its_topics_and_makes_none",
        consumer=reading.LetsTheBrokerMakeTopics,
    ),
    rule(
        "a conflict on a stream's counter is retried and never splits the batch",
        "test_contention_on_a_streams_counter_splits_no_batch",
        batches=reading.TakesContentionForAConflict,
    ),
)
