"""What the ticket service is made of."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from logging import getLogger
from typing import Any

from fastapi import FastAPI

from contracts.dispatch import events as visits
from contracts.dispatch import reports
from contracts.envelope import Fact
from contracts.inventory import assets as park
from contracts.inventory import events as reservations
from contracts.inventory import renewals, workshop
from contracts.ticket.key_uses import TicketKeyUseChanged
from infra.chassis.clock import Clock
from infra.chassis.crew import Crew
from infra.chassis.events.deciding import Handler
from infra.chassis.http.api_key_uses import key_uses
from infra.chassis.http.api_keys import ApiKeys
from infra.chassis.imports.api import imports_router, streamed
from infra.chassis.imports.applying import Importing
from infra.chassis.imports.pages import imports_pages, streamed_pages
from infra.chassis.runtime import Runtime, Service
from infra.chassis.service import service_app
from infra.chassis.store.audit import PERSONAL, Audited
from infra.chassis.store.epoch import NUMBERS
from infra.chassis.web.auditing import audit_router
from services.ticket.api import (
    articles,
    attachments,
    changing,
    clocks,
    consumption,
    contacts,
    contract_clocks,
    contract_preview,
    contracts,
    customers,
    diagnoses,
    diagnosing,
    exporting,
    kpis,
    majors,
    parents,
    pre_billing,
    preventing,
    problem_records,
    quarantine,
    quotes,
    satisfaction,
    statements,
    tickets,
    timeline,
    trying,
    verbs,
    views,
    work_types,
)
from services.ticket.api.imports import KINDS
from services.ticket.api.problems import PROBLEMS
from services.ticket.api.receiving import AT_ONCE
from services.ticket.mail.polling import Mailboxes
from services.ticket.mail.taking import Taker
from services.ticket.opener import Opener
from services.ticket.settings import Settings
from services.ticket.statements.freezing import Freezing
from services.ticket.store.articles import ArticleRecords, ArticleRevisions, Articles
from services.ticket.store.asked_works import AskedWorks
from services.ticket.store.attachments import FILE_INDEXES, Attachments, sweep_files
from services.ticket.store.contacts import Contacts
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.copies import Assets, Parts, Sites, Technicians
from services.ticket.store.customers import Customers
from services.ticket.store.diagnoses import Diagnoses, DiagnosisRevisions
from services.ticket.store.known_repairs import KnownRepairs
from services.ticket.store.ledger import Ledger, Volumes, WorkedDays
from services.ticket.store.mails import MAIL_FILE_INDEXES, Mails
from services.ticket.store.majors import Majors
from services.ticket.store.numbers import Numbers
from services.ticket.store.problems import CauseCounts, Problems
from services.ticket.store.quotes import Quotes
from services.ticket.store.recalling import keep_recalling
from services.ticket.store.revisions import Revisions
from services.ticket.store.satisfactions import Satisfactions
from services.ticket.store.statements import FrozenContents, StatementMonths
from services.ticket.store.tickets import Tickets
from services.ticket.store.timeline import Timeline
from services.ticket.store.views import Views
from services.ticket.store.work_types import WorkTypes
from services.ticket.stream.assets import on_asset_changed, on_maintenance_due, on_training_asked
from services.ticket.stream.renewals import on_renewal_quoted
from services.ticket.stream.repairs import on_repair_order_changed
from services.ticket.stream.reservations import on_reservation_fact
from services.ticket.stream.visits import on_visit_fact
from services.ticket.usecases.begin_terms import BeginTerms
from services.ticket.usecases.majors import TendMajor
from services.ticket.usecases.tend import TendTicket
from services.ticket.web import (
    admin,
    admin_contract,
    admin_diagnosis,
    desk,
    desk_call,
    desk_ticket,
    portal,
    portal_new,
)
from services.ticket.web import sla as sla_page
from services.ticket.web.pages import PAGES

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
    visits.AppointmentOffered: on_visit_fact,
    visits.AppointmentChosen: on_visit_fact,
    visits.AppointmentDeclined: on_visit_fact,
    visits.AppointmentReminded: on_visit_fact,
    reports.ServiceReportMade: on_visit_fact,
    reports.ServiceReportReminded: on_visit_fact,
    reservations.PartsReserved: on_reservation_fact,
    reservations.PartsShort: on_reservation_fact,
    reservations.PartsIssued: on_reservation_fact,
    reservations.PartsReleased: on_reservation_fact,
    park.AssetChanged: on_asset_changed,
    park.MaintenanceDue: on_maintenance_due,
    park.TrainingAsked: on_training_asked,
    renewals.RenewalQuoted: on_renewal_quoted,
    workshop.RepairOrderChanged: on_repair_order_changed,
}

AUDITED = (
    Audited(Customers, "customers"),
    Audited(Contacts, "contacts", masked=PERSONAL, without=frozenset({"found_by"})),
    Audited(Contracts, "contracts", without=frozenset({"revision"})),
    Audited(WorkTypes, "work-types"),
    Audited(Diagnoses, "diagnoses"),
    Audited(Articles, "articles", without=frozenset({"seen_on"})),
)

SERVICE = Service(
    name="ticket",
    collections=(
        *(Customers, Contacts, Contracts, ContractRevisions, WorkTypes),
        *(Diagnoses, DiagnosisRevisions, Articles, ArticleRevisions, ArticleRecords),
        *(Tickets, Timeline, Quotes, Attachments, Satisfactions, StatementMonths, FrozenContents),
        *(Majors, Problems, CauseCounts, Ledger, Volumes, WorkedDays, Views, Mails, AskedWorks),
        key_uses(TicketKeyUseChanged),
    ),
    copies=(Sites, Assets, Parts, Technicians, ApiKeys),
    handlers=HANDLERS,
    audited=AUDITED,
    timers={Tickets: TendTicket, Contracts: BeginTerms, Majors: TendMajor},
    tasks=(sweep_files, keep_recalling),
    indexes={**FILE_INDEXES, **MAIL_FILE_INDEXES},
)

ROUTERS = tuple(
    module.router
    for module in (
        customers,
        contacts,
        contracts,
        contract_clocks,
        statements,
        contract_preview,
        consumption,
        pre_billing,
        kpis,
        work_types,
        diagnoses,
        articles,
        exporting,
        tickets,
        attachments,
        diagnosing,
        trying,
        satisfaction,
        clocks,
        changing,
        verbs,
        parents,
        majors,
        problem_records,
        preventing,
        quotes,
        timeline,
        views,
        quarantine,
        portal,
        portal_new,
        desk,
        desk_call,
        desk_ticket,
        sla_page,
        admin,
        admin_contract,
        admin_diagnosis,
    )
)


def build(settings: Settings, *, clock: Clock, mongo: str, kafka: str, **chassis: Any) -> FastAPI:
    """The ASGI application, its lifespan the service's; ``chassis`` goes to ``service_app`` as it is."""

    def taker(run: Runtime) -> Taker:
        return Taker(run, app.state.numbers, settings.patience)

    mailboxes = Mailboxes(settings.mailboxes, taker, settings.quarantine)

    def opener(run: Runtime) -> Opener:
        return Opener(run, app.state.numbers, settings.patience)

    async def keep_opening(run: Runtime) -> None:
        await opener(run).keep_opening()

    crew = Crew(getLogger("astreinte.ticket.crew"))
    freezing = Freezing(settings.statement_days, crew)
    importing = Importing(SERVICE.name, *KINDS)
    service = replace(
        SERVICE, tasks=(*SERVICE.tasks, freezing, mailboxes.look_after, keep_opening, crew.stay)
    )
    app = service_app(
        importing.part_of(service),
        settings,
        clock=clock,
        mongo=mongo,
        kafka=kafka,
        routers=(
            *(*ROUTERS, imports_router(importing), imports_pages(importing, PAGES)),
            audit_router("ticket", AUDITED, PAGES),
        ),
        problems=PROBLEMS,
        pages=PAGES,
        streamed={
            **attachments.STREAMED,
            **satisfaction.STREAMED,
            **streamed(importing),
            **streamed_pages(importing),
        },
        figures=mailboxes.figures,
        **chassis,
    )
    app.state.revisions = Revisions(app.state.runtime)
    app.state.known_repairs = KnownRepairs(app.state.runtime)
    app.state.patience = settings.patience
    app.state.crew = crew
    app.state.statement_days = settings.statement_days
    app.state.link_key = settings.link_key
    app.state.turns = asyncio.Semaphore(AT_ONCE)
    app.state.approval_without_contract = settings.approval_without_contract
    app.state.kpis_per_person = settings.kpis_per_person
    app.state.numbers = Numbers(app.state.runtime.collection(NUMBERS))
    app.state.taker = taker(app.state.runtime)
    app.state.desks = {each.desk.name: each.desk for each in settings.mailboxes}
    return app
