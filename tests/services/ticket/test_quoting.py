"""Work that is not in the contract: a quote, the client's approval, and only then somebody goes there."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.refusal import Refusal
from contracts.ticket.agreed import QuoteApproved, QuoteRefused, QuoteSent
from contracts.ticket.events import TicketHeld, TicketOpened, TicketResumed, VisitsRequested
from contracts.ticket.sla import ClockState
from contracts.values import Coverage, HoldReason, Outcome, TicketKind, TicketState, WorkMode
from services.ticket.domain.attention import Attention
from services.ticket.domain.contract import CoverageTerms
from services.ticket.domain.quote import Quote, QuoteLine, QuoteState
from services.ticket.domain.ticket import Ticket
from services.ticket.store.quotes import Quotes
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.correct_coverage import CorrectCoverage
from services.ticket.usecases.hold import HoldTicket
from services.ticket.usecases.open_ticket import OpenTicket
from services.ticket.usecases.quoting import ApproveQuote, RefuseQuote, SendQuote
from services.ticket.usecases.resume import ResumeTicket
from services.ticket.usecases.start import StartWork
from services.ticket.usecases.triage import TriageTicket
from tests.services.ticket.sample import (
    AGENT,
    PORTAL,
    a_world,
    at,
    give_contract,
    opened,
    request,
    target,
    timeline,
)
from tests.services.ticket.visits import end
from tests.world import World

LINES = (QuoteLine("Main d'œuvre", "1.5", "85.35"), QuoteLine("Alimentation", "1", "0.105"))


def a_request_out_of_contract(**changes: Any) -> tuple[World, Ticket]:
    world = a_world()
    pausing = target(stops_on=(HoldReason.WAITING_FOR_APPROVAL,))
    give_contract(
        world,
        "c1",
        targets={f"P{n}": (pausing,) for n in range(1, 6)},
        coverage=CoverageTerms(kinds=(TicketKind.REQUEST,), out_needs_approval=True),
    )
    return world, opened(world, **changes)


def quoted(world: World, until: datetime | None = None) -> None:
    valid_until = until or world.clock.now() + timedelta(days=7)
    world.do(SendQuote(ticket_id="t1", viewer=AGENT, lines=LINES, currency="EUR", valid_until=valid_until))


def approve(world: World) -> None:
    world.do(ApproveQuote(ticket_id="t1", viewer=PORTAL, purchase_order="BC-118"))


def requested(world: World) -> list[str]:
    facts = (*world.told(TicketOpened), *world.told(VisitsRequested))
    return [visit.visit_id for fact in facts for visit in fact.visits]


def test_work_that_is_out_waits_for_approval_and_nobody_is_asked_to_go() -> None:
    world, ticket = a_request_out_of_contract()
    assert ticket.state is TicketState.ON_HOLD
    assert ticket.holds[0].reason is HoldReason.WAITING_FOR_APPROVAL
    assert ticket.attention == (Attention.APPROVAL,)
    assert requested(world) == []
    assert [fact.held_sites for fact in world.told(TicketHeld)] == [("nord",)]
    assert [line.event for line in timeline(world)] == ["ticket-held"]
    assert ticket.sla is not None
    assert ticket.sla.clocks[0].reading.state is ClockState.PAUSED


def test_the_clock_of_a_fault_that_is_typed_in_late_has_not_run_before_either() -> None:
    _, ticket = a_request_out_of_contract(viewer=AGENT, occurred_at=at(5))
    assert ticket.sla is not None
    assert ticket.sla.clocks[0].reading.elapsed_seconds == 0


def test_an_approved_quote_sends_somebody() -> None:
    world, _ = a_request_out_of_contract()
    quoted(world)
    assert world.have(Tickets, "t1").attention == ()
    world.advance(timedelta(hours=3))
    approve(world)
    after = world.have(Tickets, "t1")
    assert (after.state, after.holds) == (TicketState.NEW, ())
    assert requested(world) == ["t1-1"]
    [sent], [said] = world.told(QuoteSent), world.told(QuoteApproved)
    assert (sent.quote, sent.total, sent.currency) == (1, "128.14", "EUR")
    assert (said.total, said.purchase_order) == ("128.14", "BC-118")
    assert len(world.told(TicketResumed)) == 1
    assert after.sla is not None
    assert after.sla.clocks[0].reading.due_at == at(12)
    last = world.have(Quotes, "t1").last
    assert last is not None
    assert (last.state, last.decided_by) == (QuoteState.APPROVED, PORTAL.subject)
    with pytest.raises(Refusal) as caught:
        approve(world)
    assert caught.value.slug == "no-open-quote"


def test_a_refused_quote_asks_for_a_person_and_a_new_one_may_follow() -> None:
    world, _ = a_request_out_of_contract()
    quoted(world)
    world.do(RefuseQuote(ticket_id="t1", viewer=PORTAL, reason="trop cher"))
    ticket = world.have(Tickets, "t1")
    assert ticket.attention == (Attention.QUOTE_REFUSED,)
    assert ticket.state is TicketState.ON_HOLD
    assert len(world.told(QuoteRefused)) == 1
    assert timeline(world)[-1].text == "trop cher"
    quoted(world)
    world.do(RefuseQuote(ticket_id="t1", viewer=PORTAL, reason="toujours trop cher"))
    quoted(world)
    assert world.have(Tickets, "t1").attention == ()
    approve(world)
    states = [each.state for each in world.have(Quotes, "t1").versions]
    assert states == [QuoteState.REFUSED, QuoteState.REFUSED, QuoteState.APPROVED]


def test_a_new_quote_replaces_one_that_nobody_has_answered() -> None:
    world, _ = a_request_out_of_contract()
    quoted(world)
    quoted(world)
    assert [each.state for each in world.have(Quotes, "t1").versions] == [
        QuoteState.REPLACED,
        QuoteState.OPEN,
    ]


def test_a_quote_cannot_be_approved_once_it_has_expired_nor_sent_when_it_has() -> None:
    world, _ = a_request_out_of_contract()
    quoted(world, world.clock.now() + timedelta(hours=1))
    world.advance(timedelta(hours=2))
    with pytest.raises(Refusal) as caught:
        approve(world)
    assert caught.value.slug == "quote-expired"
    quote = world.have(Quotes, "t1").last
    assert quote is not None
    assert quote.state_at(world.clock.now()) is QuoteState.EXPIRED
    with pytest.raises(Refusal) as caught:
        quoted(world, world.clock.now())
    assert caught.value.slug == "quote-over-before-it-begins"


def test_nothing_else_sends_somebody_before_the_client_approves() -> None:
    world, _ = a_request_out_of_contract()
    world.do(TriageTicket(ticket_id="t1", viewer=AGENT, on_site=True, category="printer"))
    with pytest.raises(Refusal):
        world.do(StartWork(ticket_id="t1", viewer=AGENT, mode=WorkMode.REMOTE))
    with pytest.raises(Refusal) as caught:
        world.do(HoldTicket(ticket_id="t1", viewer=AGENT, reason=HoldReason.WAITING_FOR_CLIENT))
    assert caught.value.slug == "awaits-approval"
    assert requested(world) == []
    quoted(world)
    approve(world)
    assert len(requested(world)) == 1


def test_somebody_of_the_firm_may_let_it_go_on() -> None:
    world, _ = a_request_out_of_contract()
    quoted(world)
    world.do(RefuseQuote(ticket_id="t1", viewer=PORTAL, reason="trop cher"))
    world.do(ResumeTicket(ticket_id="t1", viewer=AGENT))
    ticket = world.have(Tickets, "t1")
    assert (ticket.state, requested(world)) == (TicketState.NEW, ["t1-1"])
    assert ticket.coverage is not None
    assert ticket.coverage.unapproved == ()
    assert ticket.attention == ()


def test_work_that_turned_out_to_be_out_on_the_spot_goes_on_once_it_is_approved() -> None:
    world = a_world()
    ticket = opened(world)
    end(world, ticket, 1, Outcome.OUT_OF_SCOPE, at(9))
    assert world.have(Tickets, "t1").holds[0].reason is HoldReason.WAITING_FOR_APPROVAL
    world.clock.set(at(10))
    quoted(world)
    approve(world)
    after = world.have(Tickets, "t1")
    assert (after.holds, requested(world)) == ((), ["t1-1", "t1-2"])


def test_work_that_turns_out_to_be_in_the_contract_waits_for_nobody() -> None:
    world, _ = a_request_out_of_contract()
    world.do(CorrectCoverage(ticket_id="t1", viewer=AGENT, coverage=Coverage.IN, reason="avenant signé hier"))
    assert world.have(Tickets, "t1").state is TicketState.NEW
    assert requested(world) == ["t1-1"]


def test_only_the_site_that_is_out_waits() -> None:
    world = a_world()
    give_contract(world, "c1", sites=("nord",))
    asked = request("nord", "sud")
    world.do(OpenTicket(id="t1", number="T-1", request=asked, viewer=PORTAL, approval_without_contract=True))
    ticket = world.have(Tickets, "t1")
    assert (ticket.state, ticket.held_sites) == (TicketState.NEW, ("sud",))
    assert requested(world) == ["t1-1"]
    quoted(world)
    approve(world)
    assert requested(world) == ["t1-1", "t1-2"]


def test_without_the_firms_rule_work_without_a_contract_is_done_as_ever() -> None:
    world = a_world()
    assert opened(world).state is TicketState.NEW
    assert requested(world) == ["t1-1"]


def test_a_price_is_exact_to_the_cent_and_reads_back() -> None:
    quote = Quote("t1", "pasteur").sent(LINES, "EUR", at(18), "paul", at(8))
    [sent] = quote.versions
    assert [str(line.amount) for line in sent.lines] == ["128.03", "0.11"]
    assert str(sent.total) == "128.14"
    assert Quotes.decode({"_id": "t1", **Quotes.encode(quote)}) == quote
    free = replace(sent, lines=(QuoteLine("Geste", "1", "0"),))
    assert str(free.total) == "0.00"
