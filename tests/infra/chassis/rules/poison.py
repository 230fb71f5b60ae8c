"""Records that make no sense hold up nothing. Held by test_poison_rules.py."""

from tests.infra.chassis.faults import consuming, reading
from tests.infra.chassis.rules.rule import Rule, rule

RULES: tuple[Rule, ...] = (
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
        "what a poll had taken when it broke off is read again, whatever is read beside it",
        "test_nothing_is_lost_around_records_that_cannot_be_parsed_in_a_long_log",
        consumer=reading.ReadsAheadBesideTheSpoilt,
    ),
    rule(
        "a record that aiokafka cannot parse slows nobody but for a moment",
        "test_beside_a_record_that_cannot_be_parsed_partitions_are_still_read_together",
        consumer=reading.ReadsOnePartitionABatch,
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
        "what cannot be loaded fails its own event",
        "test_what_cannot_be_loaded_holds_up_its_own_key_only",
        decider=consuming.LoadsTogether,
    ),
    rule(
        "the copy of a dead letter fits into a record",
        "test_the_copy_of_a_letter_as_large_as_a_record_may_be_is_cut",
        batches=consuming.CopiesAllOfIt,
    ),
)
