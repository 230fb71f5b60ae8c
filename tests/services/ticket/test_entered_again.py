"""Who pays turns out otherwise, or what somebody did meanwhile: what was entered is entered again."""

import pytest

from contracts.refusal import NotFound
from contracts.ticket.events import CancelReason
from contracts.values import Coverage, HoldReason, Outcome, PartUsed, ServiceHealth, TicketKind
from services.ticket.domain.billing import money
from services.ticket.domain.contract import CoverageTerms
from services.ticket.domain.ledger import EntryKind, Flag, LedgerEntry, standing
from services.ticket.domain.quote import QuoteLine
from services.ticket.statements.measuring import spent_in
from services.ticket.store.ledger import Volumes
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.correct_coverage import CorrectCoverage
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.quoting import ApproveQuote, SendQuote
from services.ticket.usecases.reopen import ReopenTicket
from services.ticket.usecases.resolve import ResolveTicket
from tests.services.ticket.billing import FORFAIT, REGIE, due, entries, month, on
from tests.services.ticket.sample import AGENT, timeline
from tests.services.ticket.working import a_firm, close, correct, log
from tests.world import World

ONLY_REQUESTS = CoverageTerms(kinds=(TicketKind.REQUEST,))


def judge(world: World, coverage: Coverage, reason: str = "vu avec le client") -> None:
    world.do(CorrectCoverage(ticket_id="t1", viewer=AGENT, coverage=coverage, reason=reason))


def standing_in(world: World) -> list[LedgerEntry]:
    return [each for each in standing(entries(world)) if each.ticket_id == "t1"]


def quote_and_approve(world: World) -> None:
    """The client approved by telephone on the second of March at ten."""
    lines, until = (QuoteLine("Remise en état", "1", "150.00"),), on(31, 23)
    world.do(SendQuote(ticket_id="t1", viewer=AGENT, lines=lines, currency="EUR", valid_until=until))
    world.do(ApproveQuote(ticket_id="t1", viewer=AGENT, purchase_order="BC-118", occurred_at=on(2, 10)))


def resolve(world: World) -> None:
    world.do(ResolveTicket(ticket_id="t1", viewer=AGENT, work_done="Remis en état", occurred_at=on(9, 9)))


def test_work_that_the_warranty_pays_after_all_is_taken_back_and_entered_for_nothing() -> None:
    world = a_firm(REGIE)
    close(world, on(2, 9), 50, parts_used=(PartUsed(sku="psu-550", quantity=1),), travel_minutes=25)
    log(world, on(2, 14), 20)
    before = entries(world)
    judge(world, Coverage.WARRANTY)
    assert set(before) < set(entries(world))
    assert due(month(world, "c1")) == 0
    found = standing_in(world)
    assert [(e.kind, e.real_minutes, e.flags) for e in found] == [
        (EntryKind.WORK, 50, (Flag.WARRANTY,)),
        (EntryKind.TRAVEL, 25, (Flag.WARRANTY,)),
        (EntryKind.PARTS, 0, (Flag.WARRANTY,)),
        (EntryKind.WORK, 20, (Flag.WARRANTY,)),
    ]
    [corrected] = [line.id for line in timeline(world) if line.event == "coverage-corrected"]
    assert {entry.proof[-1] for entry in found} == {corrected}
    assert {entry.reason for entry in found} == {"vu avec le client"}


def test_work_that_was_out_takes_from_what_is_included_once_it_is_in() -> None:
    world = a_firm(FORFAIT, coverage=ONLY_REQUESTS)
    log(world, on(2, 9), 60)
    assert (due(month(world, "c1")), world.all(Volumes)) == (60_00, [])
    judge(world, Coverage.IN)
    assert due(month(world, "c1")) == 0
    assert world.have(Volumes, "c1:2026-03").used_minutes == 60
    judge(world, Coverage.OUT)
    assert due(month(world, "c1")) == 60_00
    assert world.have(Volumes, "c1:2026-03").used_minutes == 0


def test_judging_back_and_forth_comes_to_what_it_was() -> None:
    world = a_firm(REGIE)
    close(world, on(2, 9), 50, kilometres=12.5)
    before = due(month(world, "c1"))
    judge(world, Coverage.WARRANTY)
    judge(world, Coverage.IN)
    assert due(month(world, "c1")) == before


def test_a_closing_that_was_recorded_before_and_is_heard_later_still_counts() -> None:
    world = a_firm(REGIE)
    close(world, on(2, 9), 50)
    judge(world, Coverage.OUT)
    close(world, on(2, 9), 110, at=on(2, 12))
    [work] = [entry for entry in standing_in(world) if entry.kind is EntryKind.WORK]
    assert (work.real_minutes, work.flags) == (110, (Flag.OUT,))


def test_a_corrected_worklog_is_judged_as_it_was_corrected() -> None:
    world = a_firm(REGIE)
    worklog = log(world, on(2, 9), 20)
    correct(world, worklog, on(2, 9), 90, billable=False)
    judge(world, Coverage.OUT)
    [work] = standing_in(world)
    assert (work.real_minutes, work.amount_cents, work.flags) == (90, 0, (Flag.OUT,))


@pytest.mark.parametrize("minutes", [60, 120], ids=["partly", "wholly"])
def test_a_visit_has_its_time_again_once_the_worklog_that_took_it_is_corrected(minutes: int) -> None:
    world = a_firm(REGIE)
    worklog = log(world, on(2, 9), minutes, person_id="lea")
    close(world, on(2, 9, 30), 60)
    correct(world, worklog, on(2, 14), 60)
    [visit] = [e for e in standing_in(world) if e.visit_id and e.kind is EntryKind.WORK]
    assert (visit.real_minutes, visit.billed_minutes, visit.flags) == (60, 60, ())


def test_kpis_read_a_worklog_as_it_was_corrected() -> None:
    world = a_firm(REGIE)
    worklog = log(world, on(2, 9), 20)
    correct(world, worklog, on(3, 9), 90)
    log(world, on(4, 9), 10)
    spent = [(each.began_at, each.ended_at) for each in spent_in(timeline(world))]
    assert spent == [(on(3, 9), on(3, 10, 30)), (on(4, 9), on(4, 9, 10))]


def test_a_visit_has_its_time_again_on_either_side_of_midnight() -> None:
    world = a_firm(REGIE)
    worklog = log(world, on(3, 0), 120, person_id="lea")
    close(world, on(2, 22), 240)
    correct(world, worklog, on(4, 9), 60)
    visit = [e for e in standing_in(world) if e.visit_id and e.kind is EntryKind.WORK]
    assert sum(entry.real_minutes for entry in visit) == 240


def test_a_visit_has_its_time_again_where_another_turns_out_to_have_been_somebody_elses() -> None:
    world = a_firm(REGIE)
    close(world, on(2, 9), 60, "t2")
    close(world, on(2, 9, 30), 60)
    close(world, on(2, 9), 60, "t2", at=on(2, 18), technician_id="marc")
    [visit] = [e for e in standing_in(world) if e.visit_id and e.kind is EntryKind.WORK]
    assert (visit.real_minutes, visit.flags) == (60, ())


def test_what_was_begun_between_an_approval_and_its_being_recorded_is_in_its_price() -> None:
    world = a_firm(REGIE, coverage=ONLY_REQUESTS)
    log(world, on(2, 11), 50)
    quote_and_approve(world)
    resolve(world)
    assert due(month(world, "c1")) == 150_00


def test_an_approval_leaves_what_was_done_under_the_contract_there() -> None:
    world = a_firm(FORFAIT)
    log(world, on(2, 9), 60)
    hold = HoldTicket(ticket_id="t1", viewer=AGENT, reason=HoldReason.WAITING_FOR_APPROVAL, until=None)
    world.do(hold)
    quote_and_approve(world)
    log(world, on(2, 11), 60)
    world.do(CancelTicket(ticket_id="t1", viewer=AGENT, reason=CancelReason.CLIENT_CONSENT))
    assert [(e.began_at, e.flags) for e in standing_in(world)] == [
        (on(2, 9), ()),
        (on(2, 11), (Flag.OUT,)),
    ]


def test_a_quote_cannot_be_corrected_as_if_it_were_work() -> None:
    world = a_firm(REGIE, coverage=ONLY_REQUESTS)
    quote_and_approve(world)
    resolve(world)
    with pytest.raises(NotFound):
        correct(world, "t1:quote-1", on(2, 11), 60)


def test_work_under_an_approved_quote_costs_the_price_of_the_quote_once_it_is_done() -> None:
    world = a_firm(REGIE, coverage=ONLY_REQUESTS)
    quote_and_approve(world)
    close(world, on(2, 11), 50, outcome=Outcome.NOT_FIXED)
    assert due(month(world, "c1")) == 0
    assert {entry.flags for entry in standing_in(world)} == {(Flag.QUOTED,)}
    resolve(world)
    [line] = [entry for entry in standing_in(world) if entry.kind is EntryKind.QUOTE]
    assert (money(line.amount_cents), line.currency, line.purchase_order) == ("150.00", "EUR", "BC-118")
    assert (line.contract_id, line.month, line.flags) == ("c1", "2026-03", ())
    assert due(month(world, "c1")) == 150_00


def test_what_was_done_before_the_client_approved_is_not_in_the_price() -> None:
    world = a_firm(REGIE, coverage=ONLY_REQUESTS)
    log(world, on(2, 9), 30)
    quote_and_approve(world)
    resolve(world)
    assert due(month(world, "c1")) == 30_00 + 150_00


def test_a_quote_is_due_once_however_often_the_ticket_is_reopened() -> None:
    world = a_firm(REGIE, coverage=ONLY_REQUESTS)
    quote_and_approve(world)
    resolve(world)
    again = ReopenTicket(
        ticket_id="t1", viewer=AGENT, reason="encore", service=ServiceHealth.DOWN, occurred_at=on(10, 9)
    )
    world.do(again)
    world.do(ResolveTicket(ticket_id="t1", viewer=AGENT, work_done="Fait", occurred_at=on(11, 9)))
    assert due(month(world, "c1")) == 150_00


def test_a_ticket_that_is_called_off_costs_what_was_done_and_not_the_quote() -> None:
    world = a_firm(REGIE, coverage=ONLY_REQUESTS)
    quote_and_approve(world)
    log(world, on(2, 11), 60)
    world.do(CancelTicket(ticket_id="t1", viewer=AGENT, reason=CancelReason.CLIENT_CONSENT))
    assert [e.flags for e in standing_in(world)] == [(Flag.OUT,)]
    assert due(month(world, "c1")) == 60_00


def test_a_quote_is_taken_back_where_the_contract_pays_after_all() -> None:
    world = a_firm(FORFAIT, coverage=ONLY_REQUESTS)
    quote_and_approve(world)
    log(world, on(2, 11), 60)
    resolve(world)
    judge(world, Coverage.IN)
    assert due(month(world, "c1")) == 0
    assert [e.kind for e in standing_in(world)] == [EntryKind.WORK]
    assert world.have(Volumes, "c1:2026-03").used_minutes == 60


def test_a_quote_for_what_the_contract_leaves_out_is_due_beside_work_under_the_contract() -> None:
    world = a_firm(REGIE)
    quote_and_approve(world)
    log(world, on(2, 11), 60)
    resolve(world)
    amounts = [(e.kind, money(e.amount_cents)) for e in standing_in(world)]
    assert amounts == [(EntryKind.WORK, "60.00"), (EntryKind.QUOTE, "150.00")]
