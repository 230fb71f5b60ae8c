"""What notify is made of."""

from collections.abc import Mapping
from types import MappingProxyType

from contracts.envelope import Fact
from infra.chassis.events.deciding import Handler
from infra.chassis.events.sequence import append, indexes_of
from infra.chassis.runtime import Runtime, Service
from services.notify.domain.line import Stream
from services.notify.mail.sending import send_mails
from services.notify.settings import NotifySettings
from services.notify.store.copies import Contacts, Contracts, Customers, Sites, Technicians
from services.notify.store.deliveries import Deliveries
from services.notify.store.notices import Notices
from services.notify.stream import lifecycle, visits
from services.notify.views.live import LiveStreams

HANDLERS: Mapping[type[Fact], Handler] = MappingProxyType(
    {
        **dict.fromkeys((*lifecycle.TOLD, *lifecycle.SHOWN), lifecycle.on_ticket_fact),
        **dict.fromkeys((*visits.TOLD, *visits.SHOWN), visits.on_visit_fact),
    }
)


def service(settings: NotifySettings, live: LiveStreams) -> Service:
    async def mails(run: Runtime) -> None:
        await send_mails(settings.smtp, settings.sender, run)

    return Service(
        name="notify",
        collections=(Deliveries, Notices),
        copies=(Contacts, Contracts, Customers, Sites, Technicians),
        handlers=HANDLERS,
        tasks=(mails, live.run),
        emissions=append,
        indexes=indexes_of(Stream, by="readers"),
    )
