"""The dispatch service, put together."""

from collections.abc import Callable, Iterable
from functools import partial, update_wrapper
from typing import Any

from fastapi import FastAPI

from contracts.dispatch.key_uses import DispatchKeyUseChanged
from contracts.inventory.events import PartsShort
from contracts.notify.events import NotificationAnswered
from contracts.ticket.events import (
    TicketHeld,
    TicketNoted,
    TicketOpened,
    TicketReprioritised,
    TicketResumed,
    VisitsRequested,
    VisitsWithdrawn,
)
from contracts.ticket.sla import SLA_FACTS
from infra.chassis.clock import Clock
from infra.chassis.events.deciding import Handler, Handlers
from infra.chassis.http.api_key_uses import key_uses
from infra.chassis.http.api_keys import ApiKeys
from infra.chassis.imports.api import imports_router, streamed
from infra.chassis.imports.applying import Importing
from infra.chassis.imports.pages import imports_pages, streamed_pages
from infra.chassis.runtime import Service
from infra.chassis.service import service_app
from infra.chassis.store.audit import PERSONAL, Audited
from infra.chassis.store.unit import UseCase
from infra.chassis.web.auditing import audit_router
from services.dispatch.api import (
    agreements,
    calendars,
    hours,
    linked_reports,
    lone_work,
    partner_offers,
    rests,
    rota,
    rota_proposals,
    service_reports,
    skill_proposals,
    swaps,
    technicians,
    visit_steps,
    visits,
    what_if,
)
from services.dispatch.api.appointments import STREAMED, appointments_router
from services.dispatch.api.candidates import candidates_router
from services.dispatch.api.imports import KINDS
from services.dispatch.api.offers import find_windows, offers_router
from services.dispatch.api.plans import plans_router
from services.dispatch.api.problems import PROBLEMS
from services.dispatch.api.visit_planning import planning_router
from services.dispatch.assigner import Assigner
from services.dispatch.keeper import Keeper
from services.dispatch.planning.known_travel import KnownTravel
from services.dispatch.roads.osrm import TableService
from services.dispatch.roads.surveyor import Surveyor
from services.dispatch.settings import Settings
from services.dispatch.store.appointments import Appointments
from services.dispatch.store.calendar_addresses import CalendarAddresses
from services.dispatch.store.clocks import Clocks
from services.dispatch.store.copies import Assets, Contacts, Contracts, Customers, Parts, Sites, StockLevels
from services.dispatch.store.days import Days
from services.dispatch.store.labour import Agreements, RestDebts
from services.dispatch.store.observed_travel import ObservedTravels
from services.dispatch.store.replans import Replans
from services.dispatch.store.reports import Reports
from services.dispatch.store.road_times import RoadTimesKept
from services.dispatch.store.rota import Proposals, Rota, Swaps
from services.dispatch.store.service_reports import ReportVersions, ServiceReports
from services.dispatch.store.skill_proposals import SkillProposals
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import BORN, Visits
from services.dispatch.stream.inventory_reservations import on_parts_short
from services.dispatch.stream.notify_deliveries import on_notification_answered
from services.dispatch.stream.ticket_lifecycle import (
    on_ticket_held,
    on_ticket_noted,
    on_ticket_opened,
    on_ticket_reprioritised,
    on_ticket_resumed,
    on_visits_requested,
    on_visits_withdrawn,
)
from services.dispatch.stream.ticket_sla import on_sla_fact
from services.dispatch.usecases.fire_day import FireDay
from services.dispatch.usecases.fire_visit import FireVisit
from services.dispatch.usecases.follow_clock import Sooner
from services.dispatch.usecases.make_appointment import FireAppointment
from services.dispatch.usecases.make_report import FireServiceReport
from services.dispatch.usecases.store_visit import Foresee
from services.dispatch.web import admin, board, mobile
from services.dispatch.web.pages import PAGES

AUDITED = (Audited(Technicians, "technicians", PERSONAL, frozenset({"on_call", "rests"})),)

HANDLERS: Handlers = {
    TicketOpened: on_ticket_opened,
    VisitsRequested: on_visits_requested,
    VisitsWithdrawn: on_visits_withdrawn,
    TicketNoted: on_ticket_noted,
    TicketHeld: on_ticket_held,
    TicketResumed: on_ticket_resumed,
    TicketReprioritised: on_ticket_reprioritised,
    PartsShort: on_parts_short,
    NotificationAnswered: on_notification_answered,
    **dict.fromkeys(SLA_FACTS, on_sla_fact),
}


def _with(handler: Callable[..., Iterable[UseCase[Any]]], **ways: Foresee | Sooner) -> Handler:
    return update_wrapper(partial(handler, **ways), handler)


def build(settings: Settings, *, clock: Clock, mongo: str, kafka: str, **chassis: Any) -> FastAPI:
    """The ASGI application, its lifespan the service's; ``chassis`` goes to ``service_app`` as it is."""
    travel = KnownTravel()
    assigner = Assigner(clock.now(), travel, replan_seconds=settings.replan_seconds)
    tables = TableService(settings.osrm) if settings.osrm else None
    surveyor = Surveyor(assigner.roster, travel.roads, assigner.loaded, tables)
    service = Service(
        name="dispatch",
        collections=(
            Visits,
            Appointments,
            Clocks,
            Technicians,
            Days,
            Reports,
            ReportVersions,
            ServiceReports,
            Rota,
            Agreements,
            RestDebts,
            Proposals,
            Swaps,
            Replans,
            ObservedTravels,
            RoadTimesKept,
            CalendarAddresses,
            SkillProposals,
            key_uses(DispatchKeyUseChanged),
        ),
        copies=(Assets, Contacts, Contracts, Customers, Parts, Sites, StockLevels, ApiKeys),
        handlers={
            **HANDLERS,
            TicketOpened: _with(on_ticket_opened, foresee=assigner.foresee),
            VisitsRequested: _with(on_visits_requested, foresee=assigner.foresee),
            **dict.fromkeys(SLA_FACTS, _with(on_sla_fact, sooner=assigner.sooner)),
        },
        timers={
            Visits: FireVisit,
            Days: FireDay,
            Appointments: partial(FireAppointment, find=find_windows(assigner)),
            ServiceReports: partial(FireServiceReport, firm=settings.firm),
        },
        born={"visit": BORN},
        audited=AUDITED,
        linger_seconds=0.0,
        tasks=(
            assigner.run,
            assigner.replanner.run,
            Keeper(assigner.roster, assigner.loaded).run,
            surveyor.run,
        ),
    )
    importing = Importing(service.name, *KINDS)
    routers = (
        technicians.router,
        agreements.router,
        rests.router,
        hours.router,
        rota_proposals.router,
        swaps.router,
        rota.router,
        calendars.router,
        visits.router,
        visit_steps.router,
        service_reports.router,
        linked_reports.router,
        lone_work.router,
        what_if.router,
        skill_proposals.router,
        partner_offers.router,
        candidates_router(assigner),
        planning_router(assigner),
        plans_router(assigner),
        offers_router(assigner),
        appointments_router(assigner),
        mobile.router,
        board.router,
        imports_router(importing),
        imports_pages(importing, PAGES),
        admin.router,
        audit_router("dispatch", AUDITED, PAGES),
    )
    app = service_app(
        importing.part_of(service),
        settings,
        clock=clock,
        mongo=mongo,
        kafka=kafka,
        routers=routers,
        problems=PROBLEMS,
        pages=PAGES,
        streamed={
            **STREAMED,
            **linked_reports.STREAMED,
            **partner_offers.STREAMED,
            **streamed(importing),
            **streamed_pages(importing),
        },
        **chassis,
    )
    app.state.link_key = settings.link_key
    app.state.travel = travel
    app.state.assigner = assigner
    app.state.sign_minutes = settings.sign_minutes
    app.state.public_url = settings.public_url
    return app
