"""Commands are stored once and answered truthfully. Held by test_command_rules.py."""

from infra.chassis.store.collection import Index
from infra.chassis.store.idempotency import KEYS
from tests.infra.chassis.faults import commands
from tests.infra.chassis.rules.rule import Rule, rule

SIX_DAYS = {KEYS: (Index((("at", 1),), expire_after_seconds=6 * 86400, name="expiry"),)}

RULES: tuple[Rule, ...] = (
    rule(
        "a save names its version: bulk_write on {_id, version}",
        "test_two_replicas_lose_no_change_of_the_same_aggregate",
        commands=commands.LastWriterWins,
    ),
    rule(
        "the upsert of a creation is an insert",
        "test_of_two_creations_with_one_id_one_is_stored",
        commands=commands.CreationReplaces,
    ),
    rule(
        "an update never upserts",
        "test_an_update_of_what_has_gone_brings_nothing_back",
        commands=commands.UpdateUpserts,
    ),
    rule(
        "scope of a key: (caller, key)",
        "test_a_key_is_its_callers_own",
        runtime=commands.IgnoresCallers,
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
        "an error or refusal rests on what was so at one instant",
        "test_a_command_fails_only_on_documents_that_were_like_that_at_one_instant",
        commands=commands.TakesItForOneInstant,
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
        "keys are kept 7 days",
        "test_a_key_is_known_for_seven_days",
        indexes=SIX_DAYS,
    ),
    rule(
        "system clock: TTL",
        "test_a_key_does_not_age_with_the_domains_clock",
        one_clock=True,
    ),
)
