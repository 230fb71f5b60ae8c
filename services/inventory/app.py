"""The inventory service: sites, assets, parts, stock, and what is set aside for visits."""

from typing import Any

from fastapi import FastAPI

from contracts.dispatch.events import (
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    TechnicianArrived,
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.inventory.key_uses import InventoryKeyUseChanged
from contracts.ticket.agreed import QuoteApproved, QuoteRefused
from contracts.ticket.events import TicketCancelled, TicketResolved
from infra.chassis.clock import Clock
from infra.chassis.http.api_key_uses import key_uses
from infra.chassis.http.api_keys import ApiKeys
from infra.chassis.imports.api import imports_router, streamed
from infra.chassis.imports.applying import Importing
from infra.chassis.imports.pages import imports_pages, streamed_pages
from infra.chassis.runtime import Service
from infra.chassis.service import service_app
from infra.chassis.store.audit import Audited
from infra.chassis.web.auditing import audit_router
from services.inventory.api import (
    agent_keys,
    agents,
    asset_verbs,
    assets,
    campaigns,
    documents,
    failures,
    labels,
    licences,
    life_cycles,
    maintenance_plans,
    occurrences,
    purchases,
    renewals,
    reservations,
    restocking,
    returns,
    reviews,
    site_codes,
    sites,
    stock,
    training_marks,
    training_offers,
    trainings,
    transfers,
    watch_rules,
    workshop,
)
from services.inventory.api import parts as catalogue
from services.inventory.api.imports import KINDS
from services.inventory.api.problems import PROBLEMS
from services.inventory.rating import Ratings, begin_counting
from services.inventory.settings import Settings
from services.inventory.store.assets import AssetLines, Assets
from services.inventory.store.campaigns import Campaigns
from services.inventory.store.contacts import Contacts
from services.inventory.store.contracts import Contracts
from services.inventory.store.customers import Customers
from services.inventory.store.documents import FILE_INDEXES, AssetDocuments, sweep_documents
from services.inventory.store.failures import Countings, Failures
from services.inventory.store.machines import (
    AgentKeys,
    Agents,
    Compositions,
    ImportedMachines,
    Machines,
    Reviews,
    RuleSets,
    SoftwareLists,
)
from services.inventory.store.maintenance import MaintenancePlans, Occurrences
from services.inventory.store.parts import Parts
from services.inventory.store.planned_visits import PlannedVisits
from services.inventory.store.purchases import OpenDrafts, PurchaseRequests
from services.inventory.store.renewals import (
    Advices,
    LifeCycles,
    NamesOfProducts,
    RenewalOrders,
    RenewalRuleSets,
    RenewalWatches,
)
from services.inventory.store.repairs import RepairNumberings, RepairOrders
from services.inventory.store.reservations import Reservations
from services.inventory.store.returns import Returns, StockLoans
from services.inventory.store.sealing import Seal
from services.inventory.store.site_codes import CodesOfSites, CodeViews
from services.inventory.store.sites import Sites
from services.inventory.store.stock import Movements, StockLevels, Transfers
from services.inventory.store.technicians import Technicians
from services.inventory.store.trainings import Trainings
from services.inventory.stream import tickets, visits
from services.inventory.usecases.ask_maintenance import AskMaintenance
from services.inventory.usecases.follow_training import TellTraining
from services.inventory.usecases.foresee import GoThroughPlan
from services.inventory.watcher import keep_watching
from services.inventory.web import (
    admin,
    admin_maintenance,
    admin_renewal_rules,
    parc,
    parc_asset,
    parc_campaigns,
    parc_prevention,
    parc_renewals,
    parc_stock,
    parc_trainings,
    parc_workshop,
)
from services.inventory.web.pages import PAGES

AUDITED = (
    Audited(Sites, "sites"),
    Audited(Assets, "assets", without=frozenset({"seen", "lines"})),
    Audited(Parts, "parts"),
    Audited(MaintenancePlans, "maintenance-plans", without=frozenset({"revision", "look_at"})),
    Audited(RenewalRuleSets, "renewal-rules"),
    Audited(LifeCycles, "life-cycles"),
)

SERVICE = Service(
    name="inventory",
    collections=(
        *(StockLevels, Movements, Transfers, Reservations, PlannedVisits),
        *(PurchaseRequests, OpenDrafts, Returns, StockLoans),
        *(MaintenancePlans, Occurrences, Failures, Countings, Campaigns, Trainings),
        *(RepairOrders, RepairNumberings),
        *(Sites, CodesOfSites, CodeViews, Assets, AssetLines, AssetDocuments, Parts),
        *(Machines, SoftwareLists, Agents, AgentKeys, Reviews, RuleSets, Compositions, ImportedMachines),
        *(Advices, LifeCycles, NamesOfProducts, RenewalRuleSets, RenewalWatches, RenewalOrders),
        key_uses(InventoryKeyUseChanged),
    ),
    copies=(Customers, Contracts, Contacts, Technicians, ApiKeys),
    audited=AUDITED,
    tasks=(keep_watching, sweep_documents, begin_counting),
    indexes=FILE_INDEXES,
    handlers={
        VisitPlanned: visits.on_visit_planned,
        VisitRescheduled: visits.on_visit_rescheduled,
        DispatchRevoked: visits.on_dispatch_revoked,
        VisitCancelled: visits.on_visit_cancelled,
        DispatchFailed: visits.on_dispatch_failed,
        TechnicianArrived: visits.on_technician_arrived,
        InterventionClosed: visits.on_intervention_closed,
        TicketResolved: tickets.on_ticket_resolved,
        TicketCancelled: tickets.on_ticket_cancelled,
        QuoteApproved: tickets.on_quote_approved,
        QuoteRefused: tickets.on_quote_refused,
    },
    timers={MaintenancePlans: GoThroughPlan, Occurrences: AskMaintenance, Trainings: TellTraining},
)


def build(settings: Settings, *, clock: Clock, mongo: str, kafka: str, **chassis: Any) -> FastAPI:
    """The ASGI application, its lifespan the service's; ``chassis`` goes to ``service_app`` as it is."""
    importing = Importing(SERVICE.name, *KINDS)
    app = service_app(
        importing.part_of(SERVICE),
        settings,
        clock=clock,
        mongo=mongo,
        kafka=kafka,
        routers=(
            # Before what is read by an id: that is none.
            *(failures.router, labels.router, labels.pages, licences.router, documents.router),
            *(sites.router, site_codes.router, assets.router, catalogue.router, stock.router),
            *(agents.router, agent_keys.router, reviews.router, watch_rules.router, asset_verbs.router),
            *(transfers.router, purchases.router, restocking.router, returns.router, workshop.router),
            *(maintenance_plans.router, occurrences.router, campaigns.router),
            *(life_cycles.router, renewals.router, reservations.router),
            *(training_offers.router, trainings.router, training_marks.router),
            *(
                parc.router,
                parc_asset.router,
                parc_stock.router,
                parc_prevention.router,
                parc_renewals.router,
                parc_trainings.router,
                parc_campaigns.router,
                parc_workshop.router,
            ),
            *(imports_router(importing), imports_pages(importing, PAGES)),
            *(
                admin.router,
                admin_maintenance.router,
                admin_renewal_rules.router,
                audit_router("inventory", AUDITED, PAGES),
            ),
        ),
        problems=PROBLEMS,
        pages=PAGES,
        streamed={
            **agents.STREAMED,
            **documents.STREAMED,
            **life_cycles.STREAMED,
            **training_marks.STREAMED,
            **streamed(importing),
            **streamed_pages(importing),
        },
        **chassis,
    )
    app.state.link_key = settings.link_key
    app.state.public_url = settings.public_url
    app.state.seal = Seal(settings.codes_keys)
    app.state.agents_receiving = agents.Receiving()
    app.state.ratings = Ratings(app.state.runtime)
    return app
