"""Every rule of "Never lose an event", "Time" and "Old data": its test, and a fault that must break it.

The fault is the chassis built with one protection taken away. The test runs on the chassis as it
is and with each of its faults (tests/infra/chassis/conftest.py): with a fault it has to fail. The rows
stand beside the tests: those of test_outbox_rules.py in rules/outbox.py, and so on.
"""

from collections.abc import Mapping

from tests.infra.chassis.rules import (
    command,
    consuming,
    copy,
    health,
    outbox,
    parked,
    poison,
    producer,
    store,
    time,
)
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
    *store.RULES,
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
    HeldElsewhere(
        "files: bytes are in doubt before the first is stored, so that none stays that nobody names",
        "infra/chassis/test_files.py",
        "test_what_a_process_leaves_behind_that_dies_is_swept",
        "fault-stores-first",
    ),
    HeldElsewhere(
        "system clock: leases",
        "infra/chassis/test_deliveries.py",
        "test_a_jump_of_the_domains_clock_ends_no_lease",
        "fault-domain-clock",
    ),
    HeldElsewhere(
        "MOTOR_MAX_WORKERS at least 64, set before motor is imported",
        "infra/chassis/test_mongo.py",
        "test_motor_has_threads_for_64_commands_at_once",
        "fault-motor-first",
    ),
    HeldElsewhere(
        "offsets.retention.minutes 90 d",
        "infra/local/test_kafka.py",
        "test_a_group_knows_how_far_it_had_read_for_longer_than_there_is_anything_to_read_or_to_remember",
        "fault-kafkas-own-retention",
    ),
    HeldElsewhere(
        "an external_reference already taken: 409 naming the ticket",
        "services/ticket/test_opening.py",
        "test_an_external_reference_belongs_to_one_ticket_of_the_customer",
        "fault-blind",
    ),
    HeldElsewhere(
        "a technician's day is an aggregate: a double booking cannot be stored",
        "services/dispatch/test_booking.py",
        "test_of_two_bookings_of_an_hour_that_are_decided_at_once_one_is_stored",
        "fault-without-the-day",
    ),
    HeldElsewhere(
        "a stepped clock jumps to the next due moment only when all is quiet",
        "infra/local/test_clock.py",
        "test_it_jumps_to_the_next_due_moment_only_when_all_is_quiet",
        "fault-impatient",
    ),
    HeldElsewhere(
        "the offset is written before each jump",
        "infra/local/test_clock.py",
        "test_it_shows_no_time_that_a_restart_could_not_go_on_from",
        "fault-jumps-first",
    ),
    HeldElsewhere(
        "start takes the later of the offset and the newest recorded_at: the offset",
        "infra/local/test_clock.py",
        "test_it_goes_on_from_the_later_of_its_file_and_the_newest_event",
        "fault-without-file",
    ),
    HeldElsewhere(
        "start takes the later of the offset and the newest recorded_at: the newest recorded_at",
        "infra/local/test_clock.py",
        "test_it_goes_on_from_the_later_of_its_file_and_the_newest_event",
        "fault-without-events",
    ),
    HeldElsewhere(
        "occurred_at may be given on every verb; the future is a 422",
        "services/ticket/test_verbs.py",
        "test_the_firm_dates_a_verb_freely_but_never_in_the_future_or_before_the_opening",
        "fault-ahead",
    ),
    HeldElsewhere(
        "the data folder carries a version",
        "infra/local/test_stack.py",
        "test_a_folder_says_what_wrote_it_and_is_opened_by_nothing_older",
        "fault-reads-anything",
    ),
)


def faults_of(test: str) -> Mapping[str, Variant]:
    """The variants that a test must notice, by the name of their fault."""
    return {each.fault: each.variant for each in RULES if each.test == test}
