"""Every rule of "Never lose an event", "Time" and "Old data": its test, and a fault that must break it.

The fault is the chassis built with one protection taken away. The test runs on the chassis as it
is and with each of its faults (tests/infra/chassis/conftest.py): with a fault it has to fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.chassis.events.outbox import Limits
from infra.chassis.runtime import Parts
from tests.infra.chassis.faults import commands, publishing
from tests.infra.chassis.stage import Variant

NO_LIMITS = Limits(event_bytes=10**9, events=10**9, outbox_bytes=10**9)


@dataclass(frozen=True)
class Rule:
    """One sentence of the architecture, the test that holds it, and what the test must notice."""

    says: str
    test: str
    fault: str
    variant: Variant


def of_parts(parts: Parts) -> Variant:
    return Variant(parts=parts)


RULES: tuple[Rule, ...] = (
    Rule(
        "one atomic write stores state and events",
        "test_events_of_a_save_survive_a_process_that_dies_right_after_it",
        "events-apart-from-the-state",
        of_parts(Parts(commands=commands.StoresStateOnly)),
    ),
    Rule(
        "a sweep republishes arrays older than 2 s",
        "test_events_of_a_save_survive_a_process_that_dies_right_after_it",
        "no-sweep",
        of_parts(Parts(publisher=publishing.NeverSweeps)),
    ),
    Rule(
        "publish the whole unpublished array in order",
        "test_what_a_failing_producer_sends_first_stands_in_order",
        "goes-on-after-a-failure",
        of_parts(Parts(publisher=publishing.GoesOnAfterAFailure)),
    ),
    Rule(
        "keep per key what is in flight and acknowledged",
        "test_what_is_on_its_way_is_not_sent_again",
        "forgets-what-is-on-its-way",
        of_parts(Parts(publisher=publishing.ForgetsWhatIsOnItsWay)),
    ),
    Rule(
        "await every future; trim only the contiguous acknowledged prefix",
        "test_only_what_kafka_has_acknowledged_from_the_start_is_trimmed",
        "trims-what-it-tried",
        of_parts(Parts(publisher=publishing.TrimsWhatItTried)),
    ),
    Rule(
        "trimming changes neither version nor updated_at",
        "test_trimming_changes_neither_version_nor_time_of_change",
        "trims-as-a-change",
        of_parts(Parts(publisher=publishing.TrimsAsAChange)),
    ),
    Rule(
        "encoded event at most 128 KiB",
        "test_an_event_beyond_128_kib_is_refused",
        "no-limits",
        of_parts(Parts(limits=NO_LIMITS)),
    ),
    Rule(
        "array at most 500 events",
        "test_at_most_500_events_wait_in_a_document",
        "no-limits",
        of_parts(Parts(limits=NO_LIMITS)),
    ),
    Rule(
        "array at most 4 MiB",
        "test_at_most_4_mib_of_events_wait_in_a_document",
        "no-limits",
        of_parts(Parts(limits=NO_LIMITS)),
    ),
    Rule(
        "whoever, on trimming a state record, finds it gone already sends the present state again",
        "test_a_publisher_stopped_before_its_send_leaves_no_old_state_last",
        "never-looks-back",
        of_parts(Parts(publisher=publishing.NeverLooksBack)),
    ),
    Rule(
        "a daily sweep re-sends each id whose last record is older than its document",
        "test_a_state_whose_last_record_is_old_is_sent_again_within_a_day",
        "never-compares-states",
        of_parts(Parts(resender=publishing.NeverComparesStates)),
    ),
    Rule(
        "an aggregate is never deleted: erasure blanks it and keeps its numbers and unpublished events",
        "test_an_erased_aggregate_keeps_its_numbers_and_its_unpublished_events",
        "erasure-deletes",
        of_parts(Parts(commands=commands.ErasureDeletes)),
    ),
    Rule(
        "the producer is rebuilt when stuck",
        "test_a_producer_that_takes_nothing_any_more_is_rebuilt",
        "never-rebuilds",
        of_parts(Parts(producer=publishing.NeverRebuilds)),
    ),
    Rule(
        "a save appends to the array and never rewrites it",
        "test_a_save_brings_no_event_back_that_was_trimmed_meanwhile",
        "rewrites-the-array",
        of_parts(Parts(commands=commands.RewritesTheArray)),
    ),
    Rule(
        "a save names its version: bulk_write on {_id, version}",
        "test_two_replicas_lose_no_change_of_the_same_aggregate",
        "last-writer-wins",
        of_parts(Parts(commands=commands.LastWriterWins)),
    ),
    Rule(
        "the upsert of a creation is an insert; an update never upserts",
        "test_of_two_creations_with_one_id_one_is_stored",
        "creation-replaces",
        of_parts(Parts(commands=commands.CreationReplaces)),
    ),
    Rule(
        "on a conflict re-read only what is stale and run again",
        "test_a_conflict_runs_only_what_is_stale_again",
        "reruns-everybody",
        of_parts(Parts(commands=commands.RerunsEverybody)),
    ),
    Rule(
        "group commit: a refusal rests on what is stored",
        "test_a_refusal_never_rests_on_a_change_that_was_not_stored",
        "trusts-the-round",
        of_parts(Parts(commands=commands.TrustsTheRound)),
    ),
    Rule(
        "group commit: a decision rests on what is stored",
        "test_a_decision_never_rests_on_a_change_that_was_not_stored",
        "trusts-the-round",
        of_parts(Parts(commands=commands.TrustsTheRound)),
    ),
    Rule(
        "a transaction where several documents change",
        "test_what_is_poured_is_neither_lost_nor_made",
        "writes-one-by-one",
        of_parts(Parts(commands=commands.WritesOneByOne)),
    ),
    Rule(
        "the key record is inserted first with the id to create, so a retry finds it",
        "test_twelve_twins_create_one",
        "ignores-keys",
        Variant(runtime=commands.IgnoresKeys),
    ),
    Rule(
        "same key, other body: 422",
        "test_a_key_used_for_another_body_is_refused",
        "ignores-bodies",
        Variant(runtime=commands.IgnoresBodies),
    ),
    Rule(
        "a command on an existing aggregate leaves {key, hash, result} in the same document write",
        "test_twelve_twins_of_a_command_change_an_aggregate_once",
        "ignores-keys",
        Variant(runtime=commands.IgnoresKeys),
    ),
    Rule(
        "at most 200 keys in a document, older ones moved to the key collection first",
        "test_a_key_beyond_the_last_200_of_a_document_is_still_known",
        "forgets-old-keys",
        of_parts(Parts(commands=commands.ForgetsOldKeys)),
    ),
    Rule(
        "a refused creation gives its key back",
        "test_the_key_of_a_refused_creation_may_be_used_again",
        "keeps-reservations",
        Variant(runtime=commands.KeepsReservations),
    ),
    Rule(
        "a graceful stop finishes commands",
        "test_a_graceful_stop_finishes_what_has_begun",
        "drops-what-runs",
        of_parts(Parts(commands=commands.DropsWhatRuns)),
    ),
)


def faults_of(test: str) -> Mapping[str, Variant]:
    """The variants that a test must notice, by the name of their fault."""
    return {rule.fault: rule.variant for rule in RULES if rule.test == test}
