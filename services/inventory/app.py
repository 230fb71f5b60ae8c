"""The inventory service: sites, assets, parts, stock, and what is set aside for visits."""

from typing import Any

from fastapi import FastAPI

from contracts.dispatch.events import (
    DispatchFailed,
    DispatchRevoked,
    InterventionClosed,
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
)
from infra.chassis.clock import Clock
from infra.chassis.runtime import Service
from infra.chassis.service import service_app
from services.inventory.api import (
    agent_keys,
    agents,
    asset_verbs,
    assets,
    reservations,
    reviews,
    sites,
    stock,
    watch_rules,
)
from services.inventory.api import parts as catalogue
from services.inventory.api.problems import PROBLEMS
from services.inventory.settings import Settings
from services.inventory.store.assets import AssetLines, Assets
from services.inventory.store.contacts import Contacts
from services.inventory.store.contracts import Contracts
from services.inventory.store.customers import Customers
from services.inventory.store.machines import (
    AgentKeys,
    Agents,
    Compositions,
    Machines,
    Reviews,
    RuleSets,
    SoftwareLists,
)
from services.inventory.store.parts import Parts
from services.inventory.store.reservations import Reservations
from services.inventory.store.sites import Sites
from services.inventory.store.stock import Movements, StockLevels
from services.inventory.store.technicians import Technicians
from services.inventory.stream import visits
from services.inventory.web import parc, parc_asset
from services.inventory.web.pages import PAGES

SERVICE = Service(
    name="inventory",
    collections=(
        *(Sites, Assets, AssetLines, Parts, StockLevels, Movements, Reservations),
        *(Machines, SoftwareLists, Agents, AgentKeys, Reviews, RuleSets, Compositions),
    ),
    copies=(Customers, Contracts, Contacts, Technicians),
    handlers={
        VisitPlanned: visits.on_visit_planned,
        VisitRescheduled: visits.on_visit_rescheduled,
        DispatchRevoked: visits.on_dispatch_revoked,
        VisitCancelled: visits.on_visit_cancelled,
        DispatchFailed: visits.on_dispatch_failed,
        InterventionClosed: visits.on_intervention_closed,
    },
)


def build(settings: Settings, *, clock: Clock, mongo: str, kafka: str, **chassis: Any) -> FastAPI:
    """The ASGI application, its lifespan the service's; ``chassis`` goes to ``service_app`` as it is."""
    app = service_app(
        SERVICE,
        settings,
        clock=clock,
        mongo=mongo,
        kafka=kafka,
        routers=(
            *(sites.router, assets.router, catalogue.router, stock.router, reservations.router),
            *(agents.router, agent_keys.router, reviews.router, watch_rules.router, asset_verbs.router),
            *(parc.router, parc_asset.router),
        ),
        problems=PROBLEMS,
        pages=PAGES,
        streamed=agents.STREAMED,
        **chassis,
    )
    app.state.agents_receiving = agents.Receiving()
    return app
