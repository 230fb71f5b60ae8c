"""What is saved is published. Held by test_outbox_rules.py."""

from infra.chassis.events.outbox import Limits
from tests.infra.chassis.faults import commands, consuming, publishing
from tests.infra.chassis.rules.rule import Rule, rule

NO_LIMITS = Limits(event_bytes=10**9, events=10**9, outbox_bytes=10**9)

RULES: tuple[Rule, ...] = (
    rule(
        "one atomic write stores state and events",
        "test_events_of_a_save_survive_a_process_that_dies_right_after_it",
        commands=commands.StoresStateOnly,
    ),
    rule(
        "one atomic write stores state and events: in a transaction",
        "test_events_of_a_transaction_survive_a_process_that_dies_right_after_it",
        commands=commands.StoresStatesOnlyTogether,
    ),
    rule(
        "one atomic write stores state and events: of a batch",
        "test_events_of_a_batch_survive_a_process_that_dies_right_after_it",
        batches=consuming.StoresStatesOnlyInBatches,
    ),
    rule(
        "whoever, on trimming a state record, finds the document newer sends the present state again",
        "test_a_publisher_that_sent_an_older_state_sends_the_present_one",
        publisher=publishing.LooksForGapsOnly,
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
        "a save appends to the array and never rewrites it",
        "test_a_save_brings_no_event_back_that_was_trimmed_meanwhile",
        commands=commands.RewritesTheArray,
    ),
)
