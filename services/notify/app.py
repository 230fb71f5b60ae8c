"""The notify service: mails and SMS to people, webhooks to their systems, live streams to screens."""

from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import FastAPI

from contracts.inventory.assets import TipSent, TrainingTold
from contracts.ticket.sla import SLA_FACTS
from infra.chassis.clock import Clock
from infra.chassis.events.deciding import Handlers
from infra.chassis.events.sequence import append, indexes_of
from infra.chassis.http.vouching import BrokenGlass
from infra.chassis.runtime import Runtime, Service
from infra.chassis.service import service_app, tenants_of
from infra.chassis.store.audit import PERSONAL, Audited
from infra.chassis.web.auditing import audit_router
from infra.chassis.web.signing_in import session_router
from services.notify.api import api_keys
from services.notify.api.bounces import router as bounces_router
from services.notify.api.calls import STREAMED, calls_router
from services.notify.api.deliveries import router as deliveries_router
from services.notify.api.preferences import router as preferences_router
from services.notify.api.problems import PROBLEMS
from services.notify.api.push import push_router
from services.notify.api.staff import router as staff_router
from services.notify.api.streams import streams_router
from services.notify.api.subscriptions import subscriptions_router
from services.notify.api.templates import templates_router
from services.notify.domain.line import KEPT_DAYS
from services.notify.domain.timing import Timing
from services.notify.mail.bounces import read_bounces
from services.notify.mail.returned import ReturnPath
from services.notify.push.sending import send_pushes
from services.notify.sending import send_mails, send_sms
from services.notify.settings import Settings
from services.notify.store.api_keys import ApiKeys, KeyUses, UsesElsewhere
from services.notify.store.clock_notices import ClockNotices
from services.notify.store.copies import Contacts, Contracts, Customers, Sites, Technicians
from services.notify.store.deliveries import Deliveries
from services.notify.store.devices import DevicesOf
from services.notify.store.notices import Notices
from services.notify.store.preferences import PreferencesOf
from services.notify.store.refused_addresses import RefusedAddresses
from services.notify.store.staff import Staff
from services.notify.store.subscriptions import Feeds, Lanes, Subscriptions, Webhooks
from services.notify.store.templates import Templates
from services.notify.stream import lifecycle, majors, park, sla, visits
from services.notify.usecases.release_message import ReleaseMessage
from services.notify.views.live import LiveStreams
from services.notify.voice.calling import make_calls
from services.notify.web import admin, keys
from services.notify.web.pages import PAGES
from services.notify.web.templates_page import templates_pages
from services.notify.webhooks.feeding import run_feeder
from services.notify.webhooks.sending import send_webhooks

AUDITED = (
    Audited(Staff, "staff", masked=PERSONAL),
    Audited(Subscriptions, "subscriptions", masked=frozenset({"secrets"})),
    Audited(PreferencesOf, "preferences"),
    Audited(ApiKeys, "api-keys", masked=frozenset({"digest"})),
)


def handlers(timing: Timing) -> Handlers:
    of_tickets = partial(lifecycle.on_ticket_fact, timing=timing)
    of_visits = partial(visits.on_visit_fact, timing=timing)
    of_majors = partial(majors.on_major_fact, timing=timing)
    of_clocks = partial(sla.on_sla_fact, timing=timing)
    return {
        **dict.fromkeys((*lifecycle.TOLD, *lifecycle.SHOWN), of_tickets),
        **dict.fromkeys((*visits.TOLD, *visits.SHOWN), of_visits),
        **dict.fromkeys(majors.TOLD, of_majors),
        **dict.fromkeys(SLA_FACTS, of_clocks),
        TipSent: partial(park.on_tip_sent, timing=timing),
        TrainingTold: partial(park.on_training_told, timing=timing),
    }


def service(settings: Settings, live: LiveStreams) -> Service:
    """Everything that runs; ``live`` is shared with the routes that serve it."""
    gateway = settings.sms
    timing = replace(
        settings.timing,
        sms=gateway is not None,
        push=settings.push is not None,
        voice=settings.voice is not None,
    )

    bounces = settings.bounces
    paths = None if bounces is None else ReturnPath(bounces.address, settings.sender.link_key)

    async def mails(run: Runtime) -> None:
        await send_mails(settings.smtp, settings.sender, run, timing, paths)

    async def texts(run: Runtime) -> None:
        assert gateway is not None
        await send_sms(gateway, settings.sender, run)

    async def pushes(run: Runtime) -> None:
        assert settings.push is not None
        await send_pushes(settings.push, settings.webhook_networks, settings.sender, run)

    async def calls(run: Runtime) -> None:
        assert settings.voice is not None
        await make_calls(settings.voice, settings.sender, run)

    async def returns(run: Runtime) -> None:
        assert bounces is not None
        assert paths is not None
        await read_bounces(bounces, paths, timing, run)

    async def webhooks(run: Runtime) -> None:
        await send_webhooks(settings.webhook_networks, timing, run)

    channels = (
        *((texts,) if timing.sms else ()),
        *((pushes,) if timing.push else ()),
        *((calls,) if timing.voice else ()),
        *((returns,) if bounces is not None else ()),
    )
    return Service(
        name="notify",
        collections=(
            ClockNotices,
            Deliveries,
            DevicesOf,
            Notices,
            PreferencesOf,
            RefusedAddresses,
            Staff,
            Templates,
            Subscriptions,
            Feeds,
            Webhooks,
            Lanes,
            ApiKeys,
            KeyUses,
        ),
        copies=(Contacts, Contracts, Customers, Sites, Technicians, *UsesElsewhere),
        handlers=handlers(timing),
        timers={Deliveries: partial(ReleaseMessage, timing=timing)},
        tasks=(mails, *channels, run_feeder, webhooks, live.run),
        emissions=append,
        audited=AUDITED,
        indexes=indexes_of(KEPT_DAYS, by="readers"),
    )


def build(settings: Settings, *, clock: Clock, mongo: str, kafka: str, **chassis: Any) -> FastAPI:
    """The ASGI application, its lifespan the service's; ``chassis`` goes to ``service_app`` as it is."""
    live = LiveStreams()
    return service_app(
        service(settings, live),
        settings,
        clock=clock,
        mongo=mongo,
        kafka=kafka,
        routers=(
            api_keys.router,
            keys.router,
            deliveries_router,
            bounces_router,
            templates_router(settings.sender),
            templates_pages(settings.sender),
            preferences_router,
            calls_router(settings.voice, settings.sender),
            push_router(settings.push, settings.webhook_networks),
            staff_router,
            streams_router(live),
            subscriptions_router(settings.webhook_networks),
            admin.router,
            audit_router("notify", AUDITED, PAGES),
            session_router(PAGES, tenants_of(settings), BrokenGlass(settings.glass, settings.link_key)),
        ),
        problems=PROBLEMS,
        pages=PAGES,
        streamed=STREAMED,
        **chassis,
    )
