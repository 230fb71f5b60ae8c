"""Two clocks, timers and old data. Held by test_time_rules.py."""

from tests.infra.chassis.faults import commands, publishing, quiet
from tests.infra.chassis.rules.rule import Rule, rule

RULES: tuple[Rule, ...] = (
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
    rule(
        "what is stored in an older schema is upgraded there, so that queries find it",
        "test_documents_of_an_older_schema_are_upgraded_where_they_lie",
        runtime=commands.UpgradesReadersOnly,
    ),
    rule(
        "domain clock: next_due",
        "test_a_timer_is_due_by_the_domains_clock",
        runtime=commands.FiresByTheSystem,
    ),
    rule(
        "system clock: backoff",
        "test_a_next_try_is_due_by_the_systems_clock",
        one_clock=True,
    ),
    rule(
        "quiet: no use case running",
        "test_a_service_is_not_quiet_while_something_that_it_does_is_not_over",
        runtime=quiet.OverlooksCommands,
    ),
    rule(
        "quiet: nothing on its way to Kafka",
        "test_a_service_is_not_quiet_while_something_that_it_does_is_not_over",
        runtime=quiet.OverlooksPublishing,
    ),
    rule(
        "quiet: outboxes empty",
        "test_a_service_is_not_quiet_while_something_that_it_does_is_not_over",
        runtime=quiet.OverlooksOutboxes,
    ),
    rule(
        "quiet: no delivery due",
        "test_a_service_is_not_quiet_while_something_that_it_does_is_not_over",
        runtime=quiet.OverlooksDeliveries,
    ),
    rule(
        "quiet: lag 0",
        "test_a_service_is_not_quiet_while_something_that_it_was_told_is_not_done",
        runtime=quiet.OverlooksUnread,
    ),
    rule(
        "quiet: parked empty",
        "test_a_service_is_not_quiet_while_something_that_it_was_told_is_not_done",
        runtime=quiet.OverlooksParked,
    ),
    rule(
        "quiet: but for dead ones' followers",
        "test_a_service_is_not_quiet_while_something_that_it_was_told_is_not_done",
        runtime=quiet.MindsTheDead,
    ),
)
