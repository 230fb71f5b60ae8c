"""What is done is entered in the ledger once, in the transaction that takes it in."""

from typing import Any

import pytest

from contracts.dispatch import events as visits
from contracts.refusal import NotFound, Refusal
from contracts.ticket.agreed import VolumeReached, WorkCorrected
from contracts.values import Outcome, PartUsed
from services.ticket.domain.billing import money
from services.ticket.domain.consumption import totals_of
from services.ticket.domain.ledger import EntryKind, Flag
from services.ticket.store.ledger import Volumes
from services.ticket.store.tickets import Tickets
from tests.services.ticket.billing import FORFAIT, PREPAID, REGIE, due, entries, month, on
from tests.services.ticket.sample import AGENT, a_world, give_contract, opened, timeline
from tests.services.ticket.visits import tell
from tests.services.ticket.working import a_firm, close, correct, log


def test_work_from_the_desk_is_entered_under_the_contract_with_its_proof() -> None:
    world = a_firm(REGIE)
    worklog = log(world, on(2, 9), 20)
    [entry] = entries(world)
    assert (entry.contract_id, entry.contract_revision, entry.ticket_id) == ("c1", 1, "t1")
    assert (entry.real_minutes, entry.billed_minutes, money(entry.amount_cents)) == (20, 30, "30.00")
    assert (entry.person_id, entry.month, entry.proof) == (AGENT.subject, "2026-03", (worklog,))
    assert worklog in [line.id for line in timeline(world)]


def test_what_its_author_calls_not_billable_is_entered_and_costs_nothing() -> None:
    world = a_firm(REGIE)
    log(world, on(2, 9), 20, billable=False)
    [entry] = entries(world)
    assert (entry.real_minutes, entry.billed_minutes, entry.amount_cents) == (20, 0, 0)


def test_work_without_a_contract_or_under_one_without_terms_waits_for_a_person() -> None:
    world = a_world()
    opened(world)
    world.clock.set(on(31, 20))
    log(world, on(2, 9), 20)
    free = a_firm({"day_rate": 650})
    log(free, on(2, 9), 20)
    [[alone], [untold]] = [entries(world), entries(free)]
    assert (alone.flags, alone.real_minutes, alone.amount_cents) == ((Flag.NO_CONTRACT,), 20, 0)
    assert (untold.flags, untold.real_minutes, untold.amount_cents) == ((Flag.NO_TERMS,), 20, 0)


def test_a_visit_is_entered_with_its_work_its_travel_and_its_parts() -> None:
    world = a_firm(REGIE)
    parts = (PartUsed(sku="psu-550", quantity=1), PartUsed(sku="cable", quantity=2))
    close(world, on(2, 9), 50, travel_minutes=25, kilometres=12.5, parts_used=parts)
    told = {(e.kind, e.item): (money(e.amount_cents), e.flags) for e in entries(world)}
    assert told == {
        (EntryKind.WORK, "default"): ("60.00", ()),
        (EntryKind.TRAVEL, "trip"): ("35.00", ()),
        (EntryKind.PARTS, "psu-550"): ("89.90", ()),
        (EntryKind.PARTS, "cable"): ("0.00", (Flag.NO_PRICE,)),
    }
    proof = {line for entry in entries(world) for line in entry.proof}
    assert [line.event for line in timeline(world) if line.id in proof] == ["intervention-closed"]
    assert {entry.visit_id for entry in entries(world)} == {"t1-1"}


def test_a_visit_to_a_closed_door_costs_the_trip_and_no_work() -> None:
    world = a_firm(REGIE)
    close(world, on(2, 9), 10, outcome=Outcome.NO_ACCESS, started_at=None)
    assert [(e.kind, money(e.amount_cents)) for e in entries(world)] == [(EntryKind.TRAVEL, "35.00")]


def test_what_rests_in_a_pause_is_not_work() -> None:
    world = a_firm(REGIE)
    ticket = world.have(Tickets, "t1")
    for model, at in ((visits.InterventionPaused, on(2, 10)), (visits.InterventionResumed, on(2, 11))):
        tell(world, model, ticket, 1, at, technician_id="lea")
    close(world, on(2, 9), 180)
    [work] = [entry for entry in entries(world) if entry.kind is EntryKind.WORK]
    assert (work.real_minutes, work.billed_minutes) == (120, 120)


def test_a_pause_whose_end_is_told_to_be_before_its_beginning_takes_nothing_and_adds_nothing() -> None:
    world = a_firm(REGIE)
    ticket = world.have(Tickets, "t1")
    for model, at in ((visits.InterventionPaused, on(2, 11)), (visits.InterventionResumed, on(2, 10))):
        tell(world, model, ticket, 1, at, technician_id="lea")
    close(world, on(2, 9), 180)
    [work] = [entry for entry in entries(world) if entry.kind is EntryKind.WORK]
    assert (work.real_minutes, work.billed_minutes) == (180, 180)


@pytest.mark.parametrize(
    ("travel", "told", "amount", "flags"),
    [
        ({"mode": "km", "price": "0.529"}, {"kilometres": 12.5}, "6.61", ()),
        ({"mode": "km", "price": "0.529"}, {}, "0.00", (Flag.NO_KILOMETRES,)),
        ({"mode": "zone", "zones": {"a": {"price": "20", "postcodes": ["31"]}}}, {}, "20.00", ()),
        ({"mode": "zone", "zones": {"b": {"price": "20", "postcodes": ["35"]}}}, {}, "0.00", (Flag.NO_ZONE,)),
        ({"mode": "included"}, {"travel_minutes": 20}, "0.00", ()),
    ],
)
def test_travel_costs_what_the_terms_say(
    travel: dict[str, Any], told: dict[str, Any], amount: str, flags: tuple[Flag, ...]
) -> None:
    world = a_firm({**REGIE, "travel": travel})
    close(world, on(2, 9), 50, **told)
    [trip] = [entry for entry in entries(world) if entry.kind is EntryKind.TRAVEL]
    assert (money(trip.amount_cents), trip.flags) == (amount, flags)


def test_of_two_zones_the_one_that_names_the_place_more_closely_counts() -> None:
    zones = {
        "far": {"price": "50", "postcodes": ["31"]},
        "town": {"price": "10", "postcodes": ["310"]},
    }
    world = a_firm({**REGIE, "travel": {"mode": "zone", "zones": zones}})
    close(world, on(2, 9), 50)
    assert [e.item for e in entries(world) if e.kind is EntryKind.TRAVEL] == ["town"]


def test_a_closing_told_twice_is_entered_once() -> None:
    world = a_firm(REGIE)
    close(world, on(2, 9), 50)
    before = entries(world)
    close(world, on(2, 9), 50, at=on(2, 12))
    assert entries(world) == before


def test_a_closing_recorded_anew_takes_the_first_one_back_and_replaces_it() -> None:
    world = a_firm(REGIE)
    close(world, on(2, 9), 120)
    first = entries(world)
    close(world, on(2, 9), 60, at=on(2, 12))
    assert set(first) < set(entries(world))
    assert [e.reverses for e in entries(world) if e.kind is EntryKind.CORRECTION] == [
        e.id for e in first if e.item == "default"
    ] + [e.id for e in first if e.item == "trip"]
    assert due(month(world, "c1")) == 60_00 + 35_00


def test_of_two_closings_the_one_recorded_last_counts_in_whatever_order_they_are_heard() -> None:
    world = a_firm(REGIE)
    close(world, on(2, 9), 60, at=on(2, 12))
    close(world, on(2, 9), 120, at=on(2, 11))
    assert due(month(world, "c1")) == 60_00 + 35_00


def test_a_worklog_is_corrected_with_a_reason_and_nothing_is_changed() -> None:
    world = a_firm(REGIE)
    worklog = log(world, on(2, 9), 120)
    [first] = entries(world)
    correct(world, worklog, on(2, 9), 60)
    reversal = next(e for e in entries(world) if e.kind is EntryKind.CORRECTION)
    replacement = next(e for e in entries(world) if e.edition == 2)
    assert first in entries(world)
    assert (reversal.reverses, reversal.amount_cents, reversal.reason) == (first.id, -120_00, "mal saisi")
    assert (replacement.real_minutes, len(replacement.proof)) == (60, 2)
    assert due(month(world, "c1")) == 60_00
    assert [told.worklog_id for told in world.told(WorkCorrected)] == [worklog]


def test_a_correction_into_another_month_leaves_the_first_month_empty() -> None:
    world = a_firm(REGIE)
    world.clock.set(on(2, 20, month=4))
    worklog = log(world, on(2, 9), 60)
    correct(world, worklog, on(1, 9, month=4), 60)
    assert (due(month(world, "c1")), due(month(world, "c1", "2026-04"))) == (0, 60_00)


def test_nobody_corrects_what_was_not_logged_on_the_ticket() -> None:
    world = a_firm(REGIE)
    elsewhere = log(world, on(2, 9), 60, "t2")
    for unknown in ("t1:99", "t1:1", elsewhere):
        with pytest.raises(NotFound):
            correct(world, unknown, on(2, 9), 30)


def test_the_same_person_cannot_have_worked_on_two_things_at_once() -> None:
    world = a_firm(REGIE)
    log(world, on(2, 9), 60)
    for began, minutes in ((on(2, 9, 59), 10), (on(2, 8, 30), 31), (on(2, 9, 10), 5), (on(2, 8), 180)):
        with pytest.raises(Refusal) as refused:
            log(world, began, minutes, "t2")
        assert refused.value.slug == "work-overlaps"
    log(world, on(2, 10), 10, "t2")
    log(world, on(2, 9, 10), 5, "t2", person_id="somebody-else")
    assert len(entries(world)) == 3


def test_a_correction_frees_the_time_that_nobody_worked() -> None:
    world = a_firm(REGIE)
    worklog = log(world, on(2, 9), 60)
    correct(world, worklog, on(2, 14), 60)
    log(world, on(2, 9), 60, "t2")
    with pytest.raises(Refusal):
        log(world, on(2, 14), 60, "t2")
    assert len([e for e in entries(world) if e.kind is EntryKind.WORK]) == 3


def test_a_visit_that_overlaps_with_logged_time_is_billed_for_the_rest_and_flagged() -> None:
    world = a_firm(REGIE)
    log(world, on(2, 9), 60, person_id="lea")
    close(world, on(2, 9, 30), 60)
    [work] = [e for e in entries(world) if e.kind is EntryKind.WORK and e.visit_id]
    assert (work.real_minutes, work.billed_minutes, work.flags) == (30, 30, (Flag.OVERLAP,))


def test_a_visit_wholly_within_logged_time_is_entered_for_nothing_and_flagged() -> None:
    world = a_firm(REGIE)
    log(world, on(2, 9), 120, person_id="lea")
    close(world, on(2, 9, 30), 60)
    [work] = [e for e in entries(world) if e.kind is EntryKind.WORK and e.visit_id]
    assert (work.billed_minutes, work.amount_cents, work.flags) == (0, 0, (Flag.OVERLAP,))


def test_a_threshold_of_a_month_is_told_once_for_each() -> None:
    world = a_firm(FORFAIT)
    log(world, on(2, 9), 90)
    assert world.told(VolumeReached) == []
    log(world, on(2, 11), 10)
    log(world, on(2, 12), 10)
    log(world, on(2, 13), 20)
    log(world, on(2, 14), 20)
    assert [(t.threshold, t.used_minutes, t.period) for t in world.told(VolumeReached)] == [
        (80, 100, "2026-03"),
        (100, 130, "2026-03"),
    ]


def test_a_volume_that_is_used_up_at_one_stroke_is_told_with_both_thresholds() -> None:
    world = a_firm(FORFAIT)
    log(world, on(2, 9), 300)
    assert [told.threshold for told in world.told(VolumeReached)] == [80, 100]


def test_what_a_correction_brought_below_and_rises_again_is_not_told_again() -> None:
    world = a_firm(FORFAIT)
    worklog = log(world, on(2, 9), 100)
    correct(world, worklog, on(2, 9), 10)
    assert world.have(Volumes, "c1:2026-03").used_minutes == 10
    log(world, on(2, 12), 100)
    assert [told.threshold for told in world.told(VolumeReached)] == [80]


def test_a_book_that_was_enlarged_is_another_volume_and_told_anew() -> None:
    world = a_firm(PREPAID)
    log(world, on(2, 9), 500)
    give_contract(world, "c1", billing={**PREPAID, "included": 1_200})
    log(world, on(3, 9), 480)
    assert [(told.threshold, told.included_minutes) for told in world.told(VolumeReached)] == [
        (80, 600),
        (80, 1_200),
    ]


def test_what_is_not_billable_uses_no_volume() -> None:
    world = a_firm(FORFAIT)
    log(world, on(2, 9), 110, billable=False)
    assert totals_of(month(world, "c1")).used_minutes == 0
    assert not world.all(Volumes)


def test_the_ledger_holds_no_names_of_people() -> None:
    world = a_firm(REGIE)
    log(world, on(2, 9), 20, text="Mme Durand était pressée")
    [entry] = entries(world)
    assert "Durand" not in repr(entry)


def test_of_two_who_were_there_the_work_of_each_is_entered_and_the_van_and_its_parts_once() -> None:
    world = a_firm(REGIE)
    parts = (PartUsed(sku="psu-550", quantity=1),)
    close(world, on(2, 9), 50, travel_minutes=25, kilometres=12.5, parts_used=parts, companions=("bruno",))
    told = sorted((e.kind, e.person_id == "bruno", money(e.amount_cents)) for e in entries(world))
    assert told == [
        (EntryKind.PARTS, False, "89.90"),
        (EntryKind.TRAVEL, False, "35.00"),
        (EntryKind.WORK, False, "60.00"),
        (EntryKind.WORK, True, "60.00"),
    ]


def test_what_a_companion_did_elsewhere_meanwhile_is_left_out_of_his_time_only() -> None:
    world = a_firm(REGIE)
    close(world, on(2, 9), 60, companions=(AGENT.subject,))
    with pytest.raises(Refusal, match="work-overlaps"):
        log(world, on(2, 9), 20)
