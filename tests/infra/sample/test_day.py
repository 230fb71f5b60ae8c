"""The sample day asks what the interface takes, of people who exist, and can be lived."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from contracts.values import Priority, TicketKind, parse_rfc3339
from infra.sample.day import Day, day, loss, working_day
from infra.sample.firm import Firm, firm
from infra.sample.people import STAFF
from infra.sample.rota import PARIS
from infra.sample.trade import SPARES
from services.dispatch.api.visit_steps import Closing
from services.dispatch.domain.report import UNBEGUN
from services.inventory.api.stock import CountBody
from services.ticket.api.bodies import OpenTicketBody
from services.ticket.domain.priority import SERVICENOW, priority_of

MONDAY = date(2026, 3, 2)
TEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample() -> Firm:
    return firm(1)


@pytest.fixture(scope="module")
def monday(sample: Firm) -> Day:
    return day(MONDAY, sample)


def test_it_has_about_fifty_requests_of_every_client_and_priority(monday: Day, sample: Firm) -> None:
    bodies = [OpenTicketBody.model_validate(request.body) for request in monday.requests]
    assert len(bodies) == 53
    judged = [(body.impact, body.urgency) for body in bodies if body.impact and body.urgency]
    assert len(judged) == len(bodies)
    assert {priority_of(SERVICENOW, *each) for each in judged} == set(Priority)
    assert {sample.sites[body.sites[0]]["customer_id"] for body in bodies} == set(sample.customers)
    assert sum(len(body.sites) > 1 for body in bodies) >= 4
    assert {request.body["kind"] for request in monday.requests} == set(TicketKind)
    assert {"decline", "silence"} < {request.line.answer for request in monday.requests}
    assert sum(request.missing is not None for request in monday.requests) == 1
    lines = [request.line for request in monday.requests]
    assert 0.25 < sum(line.solved for line in lines) / len(lines) < 0.4
    for surprise in ("unanswered", "truly", "tomorrow", "offline", "typed", "by_night"):
        assert sum(bool(getattr(line, surprise)) for line in lines) == 1, surprise


def test_requests_come_in_order_from_the_morning_into_the_night(monday: Day) -> None:
    times = [request.at for request in monday.requests]
    assert times == sorted(times)
    assert {at.date() for at in times} == {MONDAY, MONDAY + timedelta(days=1)}
    late, night = [at.astimezone(PARIS).time() for at in times[-2:]]
    assert (late.hour, late.minute) == (17, 40)
    assert night < time(6)


def test_what_is_typed_later_is_dated_when_it_was_declared(monday: Day) -> None:
    [request] = [each for each in monday.requests if each.line.typed]
    assert parse_rfc3339(request.body["occurred_at"]) == request.at - timedelta(minutes=request.line.typed)
    assert request.role == "agent"


def test_only_what_may_be_done_remotely_is_solved_from_the_desk(monday: Day, sample: Firm) -> None:
    for request in monday.requests:
        if request.line.solved or request.line.unanswered:
            assert sample.work_types[request.work.id]["remote"]
            assert STAFF[request.agent] == "agent"
            assert 0 < request.remote_minutes < request.work.minutes
    tried = [each for each in monday.requests if each.work.remote and not each.line.unanswered]
    assert sum(not each.line.solved for each in tried) == 1, "one that the desk cannot solve"


def test_each_request_is_its_clients_own(monday: Day, sample: Firm) -> None:
    for request in monday.requests:
        owners = {sample.sites[site]["customer_id"] for site in request.body["sites"]}
        assert owners == {request.line.client}
        assert request.body["category"] in sample.work_types
        assert request.body["kind"] == sample.work_types[request.body["category"]]["kind"]
        if request.role == "portal":
            assert request.customer == request.line.client
        else:
            assert STAFF[request.subject] == request.role
        if "asset" in request.body:
            assert sample.assets[request.body["asset"]]["site_id"] == request.body["sites"][0]


def test_somebody_of_the_agency_can_do_it_and_another_where_the_first_will_not(
    monday: Day, sample: Firm
) -> None:
    for request in monday.requests:
        for site in request.body["sites"]:
            able = [
                technician
                for technician in sample.technicians.values()
                if technician["territory"] == sample.sites[site]["territory"]
                and all(technician["skills"].get(s, 0) >= n for s, n in request.work.skills.items())
            ]
            certain = request.line.answer == "acknowledge" and request.missing is None
            assert len(able) >= (1 if certain else 2), request.line


def test_the_part_that_gets_lost_is_in_other_vans_and_in_no_depot(monday: Day, sample: Firm) -> None:
    [missing] = [request.missing for request in monday.requests if request.missing]
    places = [stocked.location for stocked in sample.stock if stocked.sku == missing]
    assert len(places) >= 2
    assert all(place.startswith("van:") for place in places)
    CountBody.model_validate(loss(places[0], missing, TEN).body)


def test_only_the_first_technician_asked_declines(monday: Day) -> None:
    [request] = [each for each in monday.requests if each.line.answer == "decline"]
    [site] = request.body["sites"]
    first, second = monday.lived(request, site), monday.lived(request, site, asked=1)
    assert (first.answer, second.answer) == ("decline", "acknowledge")
    assert first.reason


def test_a_follow_up_is_fixed(monday: Day) -> None:
    [request] = [each for each in monday.requests if each.line.outcome == "part-dead"]
    [site] = request.body["sites"]
    assert monday.lived(request, site).outcome == "part-dead"
    assert monday.lived(request, site, follow_up=True).outcome == "fixed"


def test_every_visit_closes_as_the_interface_wants_it(monday: Day) -> None:
    skus = {spare.sku for spare in SPARES}
    for request in monday.requests:
        for site in request.body["sites"]:
            life = monday.lived(request, site)
            body = life.closing(
                started_at=TEN,
                ended_at=TEN + timedelta(minutes=life.work_minutes),
                travel_minutes=20,
                kilometres=12.34,
                signer="Anne Aubert",
            )
            closing = Closing.model_validate(body)
            assert (closing.started_at is None) == (closing.outcome in UNBEGUN)
            assert {part.sku for part in closing.parts_used} <= skus


def test_the_same_seed_gives_the_same_day_and_another_one_another(monday: Day, sample: Firm) -> None:
    assert day(MONDAY, sample, 1) == monday
    assert day(MONDAY, sample, 2) != monday


def test_a_day_off_gives_way_to_the_next_working_day() -> None:
    assert working_day(date(2026, 5, 1)) == date(2026, 5, 4)
    assert working_day(MONDAY) == MONDAY
