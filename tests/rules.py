"""Every rule of "Never lose an event", "Time" and "Old data": its test, and a fault that must break it.

The fault is the chassis built with one protection taken away. The test runs on the chassis as it
is and with each of its faults (tests/infra/chassis/conftest.py): with a fault it has to fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from infra.chassis.events.inbox import INBOX
from infra.chassis.events.outbox import Limits
from infra.chassis.runtime import Parts
from infra.chassis.store.collection import Index
from tests.infra.chassis.faults import commands, consuming, publishing
from tests.infra.chassis.stage import Variant

NO_LIMITS = Limits(event_bytes=10**9, events=10**9, outbox_bytes=10**9)
TWO_WEEKS = {INBOX: (Index((("at", 1),), expire_after_seconds=14 * 86400, name="expiry"),)}
PARTS = {field.name for field in fields(Parts)}


@dataclass(frozen=True)
class Rule:
    """One sentence of the architecture, the test that holds it, and what the test must notice."""

    says: str
    test: str
    fault: str
    variant: Variant


def rule(says: str, test: str, **fault: Any) -> Rule:
    """A rule whose fault is one argument of the chassis's constructors."""
    [(name, value)] = fault.items()
    variant = Variant(parts=Parts(**fault)) if name in PARTS else Variant(**fault)
    return Rule(says, test, getattr(value, "__name__", f"other-{name}"), variant)


RULES: tuple[Rule, ...] = (
    rule(
        "one atomic write stores state and events",
        "test_events_of_a_save_survive_a_process_that_dies_right_after_it",
        commands=commands.StoresStateOnly,
    ),
    rule(
        "a sweep republishes arrays older than 2 s",
        "test_events_of_a_save_survive_a_process_that_dies_right_after_it",
        publisher=publishing.NeverSweeps,
    ),
    rule(
        "publish the whole unpublished array in order",
        "test_what_a_failing_producer_sends_first_stands_in_order",
        publisher=publishing.GoesOnAfterAFailure,
    ),
    rule(
        "keep per key what is in flight and acknowledged",
        "test_what_is_on_its_way_is_not_sent_again",
        publisher=publishing.ForgetsWhatIsOnItsWay,
    ),
    rule(
        "await every future; trim only the contiguous acknowledged prefix",
        "test_only_what_kafka_has_acknowledged_from_the_start_is_trimmed",
        publisher=publishing.TrimsWhatItTried,
    ),
    rule(
        "trimming changes neither version nor updated_at",
        "test_trimming_changes_neither_version_nor_time_of_change",
        publisher=publishing.TrimsAsAChange,
    ),
    rule(
        "trimming takes the rows that were moved with it",
        "test_rows_that_were_moved_leave_the_document_with_the_events_beside_them",
        publisher=publishing.KeepsRows,
    ),
    rule(
        "trimming takes the rows that were moved with it: beside a public state too",
        "test_rows_that_were_moved_leave_the_document_with_the_events_beside_them",
        publisher=publishing.KeepsRowsOfStates,
    ),
    rule("encoded event at most 128 KiB", "test_an_event_beyond_128_kib_is_refused", limits=NO_LIMITS),
    rule("array at most 500 events", "test_at_most_500_events_wait_in_a_document", limits=NO_LIMITS),
    rule("array at most 4 MiB", "test_at_most_4_mib_of_events_wait_in_a_document", limits=NO_LIMITS),
    rule(
        "whoever, on trimming a state record, finds it gone already sends the present state again",
        "test_a_publisher_stopped_before_its_send_leaves_no_old_state_last",
        publisher=publishing.NeverLooksBack,
    ),
    rule(
        "a daily sweep re-sends each id whose last record is older than its document",
        "test_a_state_whose_last_record_is_old_is_sent_again_within_a_day",
        resender=publishing.NeverComparesStates,
    ),
    rule(
        "a state that could not be sent again goes with the sweep",
        "test_a_state_that_could_not_be_sent_again_goes_with_the_sweep",
        publisher=publishing.ForgetsWhatItOwes,
    ),
    rule(
        "a comparison of states that failed keeps its turn",
        "test_a_comparison_of_states_that_failed_is_made_again",
        resender=publishing.LosesItsTurn,
    ),
    rule(
        "an aggregate is never deleted: erasure blanks it and keeps its numbers and unpublished events",
        "test_an_erased_aggregate_keeps_its_numbers_and_its_unpublished_events",
        commands=commands.ErasureDeletes,
    ),
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
        "a save appends to the array and never rewrites it",
        "test_a_save_brings_no_event_back_that_was_trimmed_meanwhile",
        commands=commands.RewritesTheArray,
    ),
    rule(
        "a save names its version: bulk_write on {_id, version}",
        "test_two_replicas_lose_no_change_of_the_same_aggregate",
        commands=commands.LastWriterWins,
    ),
    rule(
        "the upsert of a creation is an insert; an update never upserts",
        "test_of_two_creations_with_one_id_one_is_stored",
        commands=commands.CreationReplaces,
    ),
    rule(
        "on a conflict re-read only what is stale and run again",
        "test_a_conflict_runs_only_what_is_stale_again",
        commands=commands.RerunsEverybody,
    ),
    rule(
        "group commit: a refusal rests on what is stored",
        "test_a_refusal_never_rests_on_a_change_that_was_not_stored",
        commands=commands.TrustsTheRound,
    ),
    rule(
        "group commit: a decision rests on what is stored",
        "test_a_decision_never_rests_on_a_change_that_was_not_stored",
        commands=commands.TrustsTheRound,
    ),
    rule(
        "group commit: a refusal rests on what is stored, whatever the command itself had changed",
        "test_a_refusal_after_a_change_of_its_own_rests_on_what_is_stored",
        commands=commands.TrustsOwnChanges,
    ),
    rule(
        "group commit: one unreadable document fails those who need it",
        "test_a_command_that_fails_takes_none_of_its_round_with_it",
        commands=commands.ReadsAllOrNothing,
    ),
    rule(
        "group commit: what cannot be stored fails its own command",
        "test_a_command_that_fails_takes_none_of_its_round_with_it",
        commands=commands.StoresAllOrNothing,
    ),
    rule(
        "a transaction where several documents change",
        "test_what_is_poured_is_neither_lost_nor_made",
        commands=commands.WritesOneByOne,
    ),
    rule(
        "the key record is inserted first with the id to create, so a retry finds it",
        "test_twelve_twins_create_one",
        runtime=commands.IgnoresKeys,
    ),
    rule(
        "same key, other body: 422",
        "test_a_key_used_for_another_body_is_refused",
        runtime=commands.IgnoresBodies,
    ),
    rule(
        "a command on an existing aggregate leaves {key, hash, result} in the same document write",
        "test_twelve_twins_of_a_command_change_an_aggregate_once",
        runtime=commands.IgnoresKeys,
    ),
    rule(
        "at most 200 keys in a document, older ones moved to the key collection first",
        "test_a_key_beyond_the_last_200_of_a_document_is_still_known",
        commands=commands.ForgetsOldKeys,
    ),
    rule(
        "a key lies where a repetition looks for it",
        "test_a_key_is_found_again_whatever_the_command_changed_first",
        commands=commands.KeepsKeysAnywhere,
    ),
    rule(
        "what is moved to the key collection is stored",
        "test_a_round_with_more_keys_than_a_document_keeps_stores_every_command",
        commands=commands.MovesWhatIsNotStored,
    ),
    rule(
        "rows are written with their aggregate and reach their collection whatever stops in between",
        "test_a_row_reaches_its_collection_when_its_move_fails_and_its_event_is_published",
        runtime=commands.LeavesRowsBehind,
    ),
    rule(
        "a refused creation gives its key back",
        "test_the_key_of_a_refused_creation_may_be_used_again",
        runtime=commands.KeepsReservations,
    ),
    rule(
        "a refused creation gives its key back, unless a twin has used it",
        "test_a_key_that_a_twin_has_used_is_not_given_back",
        runtime=commands.ForgetsReservations,
    ),
    rule(
        "a graceful stop finishes commands",
        "test_a_graceful_stop_finishes_what_has_begun",
        commands=commands.DropsWhatRuns,
    ),
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
        cause=consuming.starts_anew,
    ),
    rule(
        "a parser that never raises",
        "test_a_poisonous_record_holds_up_nothing",
        batches=consuming.ReadsStrictly,
    ),
    rule(
        "a record that aiokafka cannot parse is a dead letter by its coordinates",
        "test_a_record_that_cannot_be_parsed_costs_no_other_record",
        consumer=consuming.BreaksOff,
    ),
    rule(
        "what a poll had taken when it broke off is read again",
        "test_a_record_that_cannot_be_parsed_costs_no_other_record",
        consumer=consuming.NeverGoesBack,
    ),
    rule(
        "the comparison of states reads past what cannot be parsed",
        "test_a_topic_is_read_to_its_end_past_what_cannot_be_parsed",
        consumer=consuming.BreaksOff,
    ),
    rule(
        "named but the body invalid: failed, followers park; what cannot be stored no less",
        "test_a_value_that_cannot_be_stored_holds_up_its_own_key_only",
        batches=consuming.ReadsAgainForEver,
    ),
    rule(
        "a dead letter keeps its headers whatever they are called",
        "test_a_letter_keeps_headers_that_no_document_could_name",
        batches=consuming.CopiesNamesAsTheyAre,
    ),
    rule(
        "a dead letter that cannot be stored is kept by its coordinates",
        "test_a_letter_that_cannot_be_stored_is_kept_by_its_coordinates",
        batches=consuming.LosesWhatCannotBeKept,
    ),
    rule(
        "an event that would make a document too large is put aside",
        "test_a_document_that_would_become_too_large_holds_up_its_own_key_only",
        batches=consuming.TakesSizeForAnOutage,
    ),
    rule(
        "type known but not ours: skip",
        "test_a_foreign_header_or_an_unhandled_type_is_no_poison",
        batches=consuming.TakesOthersForPoison,
    ),
    rule(
        "dead letters are per service in Mongo and copied to <service>.dead-letters.v1",
        "test_dead_letters_are_copied_to_the_services_topic",
        batches=consuming.KeepsNoCopies,
    ),
    rule(
        "parked and dead ids are unique per service, so redelivery adds none",
        "test_a_letter_that_is_delivered_again_is_no_second_letter",
        batches=consuming.NamesLettersAtRandom,
    ),
    rule(
        "of state topics: coordinates only",
        "test_the_copy_of_a_dead_state_has_no_body",
        batches=consuming.CopiesBodiesOfStates,
    ),
    rule(
        "exceptions caught per event",
        "test_a_failure_holds_up_its_followers_and_nobody_else",
        decider=consuming.FailsTogether,
    ),
    rule(
        "what cannot be loaded fails its own event",
        "test_what_cannot_be_loaded_holds_up_its_own_key_only",
        decider=consuming.LoadsTogether,
    ),
    rule(
        "a failed event and the later events of the aggregate it touches are parked",
        "test_a_failure_holds_up_its_followers_and_nobody_else",
        batches=consuming.LetsFollowersPass,
    ),
    rule(
        "the later events of its own batch are parked too",
        "test_an_event_behind_a_failed_one_is_never_applied_first",
        decider=consuming.EachForItself,
    ),
    rule(
        "the later events of later batches are parked too",
        "test_an_event_behind_a_failed_one_is_never_applied_first",
        batches=consuming.LetsFollowersPass,
    ),
    rule(
        "1 s, 10 s, 1 min, 10 min, then dead-lettered with followers parked",
        "test_an_event_is_dead_after_its_tries_and_its_followers_wait",
        retrier=consuming.NeverGivesUp,
    ),
    rule(
        "a key whose retry goes wrong is postponed",
        "test_a_key_whose_retry_goes_wrong_holds_up_no_other_key",
        retrier=consuming.StopsAtTheFirst,
    ),
    rule(
        "replay puts the key back into that service's parked queue",
        "test_a_replayed_letter_goes_first_and_its_followers_after_it",
        retrier=consuming.ReleasesBackwards,
    ),
    rule(
        "dead drop ID --reason releases them",
        "test_a_dropped_letter_releases_its_followers",
        drop=consuming.drops_without_release,
    ),
    rule(
        "dead drop is audited",
        "test_who_dropped_a_letter_and_why_is_kept",
        drop=consuming.drops_without_audit,
    ),
    rule(
        "what was dropped is not applied after its followers",
        "test_a_dropped_letter_that_is_delivered_again_stays_dropped",
        drop=consuming.drops_until_it_is_read_again,
    ),
    rule(
        "awaiting <kind>/<id>, released when it arrives",
        "test_an_event_waits_for_a_missing_read_copy_and_goes_on_when_it_arrives",
        copies=consuming.AnnouncesNothing,
    ),
    rule(
        "a missing read copy is not a failure",
        "test_waiting_for_a_read_copy_uses_up_no_tries",
        decider=consuming.TakesAbsenceForFailure,
    ),
    rule(
        "awaiting, dead-lettered after 10 min",
        "test_an_event_whose_read_copy_never_arrives_is_dead_after_ten_minutes",
        retrier=consuming.WaitsForEver,
    ),
    rule(
        "a follower is put aside only behind what is still there",
        "test_no_event_is_left_behind_a_queue_that_is_gone",
        batches=consuming.LosesSightOfTheQueue,
    ),
    rule(
        "state topics are applied when their version is higher, compared as (epoch, version)",
        "test_an_older_state_never_replaces_a_newer_one",
        copies=consuming.TakesWhateverComes,
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
        "a timer is a field, saved through the versioned path, so one replica fires it",
        "test_a_timer_is_fired_by_one_replica_once",
        commands=commands.LastWriterWins,
    ),
    rule(
        "restarts lose no timer",
        "test_a_timer_survives_a_process_that_dies_while_it_fires",
        runtime=commands.ClearsTimersFirst,
    ),
    rule(
        "system clock: inbox",
        "test_the_inbox_is_dated_by_the_system_whatever_the_domain_shows",
        one_clock=True,
    ),
    rule(
        "domain clock: business times",
        "test_business_times_are_the_domains",
        runtime=commands.StampsBusinessByTheSystem,
    ),
    rule(
        "Kafka's record timestamps are the system clock's",
        "test_kafkas_timestamps_are_the_systems",
        producer=publishing.DatesRecordsByTheDomain,
    ),
    rule(
        "after a restore events get a new epoch in their ids",
        "test_events_after_a_restore_are_nobody_elses",
        runtime=commands.EverInEpochZero,
    ),
    rule(
        "after a restore the states as they are now are sent in the new epoch",
        "test_states_after_a_restore_replace_those_from_before",
        resender=commands.ComparesDocumentsOnly,
    ),
    rule(
        "a new epoch compares the states at once",
        "test_states_after_a_restore_replace_those_from_before",
        resender=publishing.WaitsForTheDay,
    ),
    rule(
        "every document carries its schema number and is upgraded on read",
        "test_a_document_of_an_older_schema_is_upgraded_when_it_is_read",
        collection=commands.IgnoresUpgrades,
    ),
)


def faults_of(test: str) -> Mapping[str, Variant]:
    """The variants that a test must notice, by the name of their fault."""
    return {each.fault: each.variant for each in RULES if each.test == test}
