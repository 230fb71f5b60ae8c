"""What is stored stays stored. Held by test_store_rules.py."""

from tests.infra.chassis.faults import commands
from tests.infra.chassis.rules.rule import Rule, rule

RULES: tuple[Rule, ...] = (
    rule(
        "MongoDB: majority; one member is enough for trims only",
        "test_a_write_is_done_when_a_majority_has_it_in_its_journal",
        runtime=commands.AsksOneMember,
    ),
    rule(
        "MongoDB: journal",
        "test_a_write_is_done_when_a_majority_has_it_in_its_journal",
        runtime=commands.LeavesTheJournalOut,
    ),
    rule(
        "MongoDB: majority and journal in transactions too, whatever the address says",
        "test_a_transaction_is_done_when_a_majority_has_it_in_its_journal",
        runtime=commands.LeavesTransactionsToTheServer,
    ),
    rule(
        "MongoDB: explicit read concern",
        "test_a_read_gives_only_what_no_failover_takes_back",
        runtime=commands.ReadsWhatMayGo,
    ),
)
