"""What the ticket service is made of."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from contracts.dispatch import events as visits
from contracts.envelope import Fact
from contracts.inventory import events as reservations
from infra.chassis.clock import Clock
from infra.chassis.events.deciding import Handler
from infra.chassis.runtime import Service
from infra.chassis.service import service_app
from infra.chassis.store.epoch import NUMBERS
from services.ticket.api import (
    articles,
    changing,
    clocks,
    contacts,
    contract_clocks,
    contracts,
    customers,
    diagnoses,
    diagnosing,
    exporting,
    kpis,
    statements,
    tickets,
    timeline,
    trying,
    verbs,
    work_types,
)
from services.ticket.api.problems import PROBLEMS
from services.ticket.settings import Settings
from services.ticket.statements.freezing import Freezing
from services.ticket.store.articles import ArticleRecords, ArticleRevisions, Articles
from services.ticket.store.contacts import Contacts
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.copies import Assets, Parts, Sites
from services.ticket.store.customers import Customers
from services.ticket.store.diagnoses import Diagnoses, DiagnosisRevisions
from services.ticket.store.known_repairs import KnownRepairs
from services.ticket.store.numbers import Numbers
from services.ticket.store.revisions import Revisions
from services.ticket.store.statements import FrozenContents, StatementMonths
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline
from services.ticket.store.work_types import WorkTypes
from services.ticket.stream.reservations import on_reservation_fact
from services.ticket.stream.visits import on_visit_fact
from services.ticket.usecases.tend import TendTicket

HANDLERS: Mapping[type[Fact], Handler] = {
    visits.VisitPlanned: on_visit_fact,
    visits.VisitRescheduled: on_visit_fact,
    visits.TechnicianDispatched: on_visit_fact,
    visits.DispatchAcknowledged: on_visit_fact,
    visits.DispatchDeclined: on_visit_fact,
    visits.DispatchRevoked: on_visit_fact,
    visits.TechnicianEnRoute: on_visit_fact,
    visits.TechnicianArrived: on_visit_fact,
    visits.InterventionStarted: on_visit_fact,
    visits.InterventionPaused: on_visit_fact,
    visits.InterventionResumed: on_visit_fact,
    visits.InterventionClosed: on_visit_fact,
    visits.VisitCancelled: on_visit_fact,
    visits.DispatchFailed: on_visit_fact,
    reservations.PartsReserved: on_reservation_fact,
    reservations.PartsShort: on_reservation_fact,
    reservations.PartsIssued: on_reservation_fact,
    reservations.PartsReleased: on_reservation_fact,
}

SERVICE = Service(
    name="ticket",
    collections=(
        *(Customers, Contacts, Contracts, ContractRevisions, WorkTypes),
        *(Diagnoses, DiagnosisRevisions, Articles, ArticleRevisions, ArticleRecords),
        *(Tickets, Timeline, StatementMonths, FrozenContents),
    ),
    copies=(Sites, Assets, Parts),
    handlers=HANDLERS,
    timers={Tickets: TendTicket},
)

ROUTERS = tuple(
    module.router
    for module in (
        customers,
        contacts,
        contracts,
        contract_clocks,
        statements,
        kpis,
        work_types,
        diagnoses,
        articles,
        exporting,
        tickets,
        diagnosing,
        trying,
        clocks,
        changing,
        verbs,
        timeline,
    )
)


def build(settings: Settings, *, clock: Clock, mongo: str, kafka: str, **chassis: Any) -> FastAPI:
    """The ASGI application, its lifespan the service's; ``chassis`` goes to ``service_app`` as it is."""
    app = service_app(
        replace(SERVICE, tasks=(Freezing(settings.statement_days),)),
        settings,
        clock=clock,
        mongo=mongo,
        kafka=kafka,
        routers=ROUTERS,
        problems=PROBLEMS,
        **chassis,
    )
    app.state.revisions = Revisions(app.state.runtime)
    app.state.known_repairs = KnownRepairs(app.state.runtime)
    app.state.patience = settings.patience
    app.state.statement_days = settings.statement_days
    app.state.kpis_per_person = settings.kpis_per_person
    app.state.numbers = Numbers(app.state.runtime.collection(NUMBERS))
    return app
