"""What fails keeps its order. Held by test_parked_rules.py."""

from tests.infra.chassis.faults import consuming
from tests.infra.chassis.rules.rule import Rule, rule

RULES: tuple[Rule, ...] = (
    rule(
        "exceptions caught per event",
        "test_a_failure_holds_up_its_followers_and_nobody_else",
        decider=consuming.FailsTogether,
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
        "a follower goes to the end of its queue whatever the clock says",
        "test_a_clock_that_was_put_back_turns_no_queue_round",
        batches=consuming.LosesSightOfTheQueue,
    ),
    rule(
        "a follower is put aside only behind what is still there",
        "test_no_event_is_left_behind_a_queue_that_is_gone",
        batches=consuming.LosesSightOfTheQueue,
    ),
)
