"""One table of every stream: topic, key, kind, owner, retention, events and who consumes them.

Topics, AsyncAPI, schemas and subscriptions are made from it. An event is listed once something
produces it and something consumes it. A consumer is a service, or ``demo`` (the live board).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeVar

from pydantic import ValidationError

from contracts.dispatch import events as visits
from contracts.dispatch import reports
from contracts.dispatch import states as dispatch
from contracts.dispatch.key_uses import DispatchKeyUseChanged
from contracts.envelope import Envelope, Payload, State, source_of
from contracts.inventory import assets as park
from contracts.inventory import events as reservations
from contracts.inventory import renewals, workshop
from contracts.inventory import states as inventory
from contracts.inventory.key_uses import InventoryKeyUseChanged
from contracts.notify import events as deliveries
from contracts.notify import states as keys
from contracts.ticket import agreed, majors, repairs, sla
from contracts.ticket import events as lifecycle
from contracts.ticket import states as ticket
from contracts.ticket.key_uses import TicketKeyUseChanged
from contracts.upcasters import UPCASTERS, Upcaster

SERVICES = ("ticket", "dispatch", "inventory", "notify")

_DAY_MS = 86_400_000

P = TypeVar("P", bound=Payload)


class UnknownType(Exception):
    """The topic carries no event of this type."""


class UnknownMajor(Exception):
    """The type is known, this major of it is not (newer than us, or older than any upcaster)."""


class InvalidBody(Exception):
    """The aggregate is known but what the event says is not what its schema asks for."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True)
class Topic:
    """One stream. ``key`` says what the partition key is; ``consumers`` maps a type to its readers.

    ``retention_days`` is None for state topics, which are compacted instead.
    """

    name: str
    kind: Literal["facts", "state", "dead"]
    owner: str
    stream: str
    key: str
    partitions: int
    retention_days: int | None
    events: tuple[type[Payload], ...] = ()
    consumers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def source(self) -> str:
        """The CloudEvents source of what is published here."""
        return source_of(self.owner, self.stream)

    def config(self) -> dict[str, str]:
        """The topic's settings on Kafka."""
        if self.retention_days is None:
            return {
                "cleanup.policy": "compact",
                "delete.retention.ms": str(30 * _DAY_MS),
                "segment.ms": str(_DAY_MS),
                "max.compaction.lag.ms": str(_DAY_MS),
            }
        return {"cleanup.policy": "delete", "retention.ms": str(self.retention_days * _DAY_MS)}


def facts(owner: str, stream: str, key: str, consumers: Mapping[type[Payload], tuple[str, ...]]) -> Topic:
    """A topic of facts, kept for 14 days."""
    return Topic(
        name=f"{owner}.{stream}.v1",
        kind="facts",
        owner=owner,
        stream=stream,
        key=key,
        partitions=12,
        retention_days=14,
        events=tuple(consumers),
        consumers=MappingProxyType({model.TYPE: readers for model, readers in consumers.items()}),
    )


def state(owner: str, stream: str, key: str, model: type[State], *consumers: str) -> Topic:
    """A compacted topic with one record per id."""
    return Topic(
        name=f"{owner}.{stream}.v1",
        kind="state",
        owner=owner,
        stream=stream,
        key=key,
        partitions=3,
        retention_days=None,
        events=(model,),
        consumers=MappingProxyType({model.TYPE: consumers, model.ERASED: consumers}),
    )


def dead_letters(service: str) -> Topic:
    """Copies of what a service could not take in."""
    return Topic(
        name=f"{service}.dead-letters.v1",
        kind="dead",
        owner=service,
        stream="dead-letters",
        key="the key of the record that failed",
        partitions=1,
        retention_days=30,
    )


TOPICS: tuple[Topic, ...] = (
    facts(
        "ticket",
        "lifecycle",
        "ticket_id",
        {
            lifecycle.TicketOpened: ("dispatch", "notify"),
            lifecycle.TicketTaken: ("notify",),
            lifecycle.TicketTriaged: ("notify",),
            lifecycle.TicketNoted: ("dispatch", "notify"),
            lifecycle.SatisfactionGiven: ("notify",),
            lifecycle.AttachmentAdded: ("notify",),
            lifecycle.AttachmentRemoved: ("notify",),
            lifecycle.TicketLinked: ("notify",),
            lifecycle.MajorIncidentUpdated: ("notify",),
            agreed.WorkLogged: ("notify",),
            agreed.WorkCorrected: ("notify",),
            agreed.VolumeReached: ("notify",),
            lifecycle.TicketReprioritised: ("dispatch", "notify"),
            lifecycle.TicketRequalified: ("notify",),
            lifecycle.WorkStarted: ("notify",),
            lifecycle.TicketRestored: ("notify",),
            lifecycle.VisitsRequested: ("dispatch", "notify"),
            lifecycle.VisitsWithdrawn: ("dispatch", "notify"),
            lifecycle.TicketHeld: ("dispatch", "notify"),
            lifecycle.TicketResumed: ("dispatch", "notify"),
            lifecycle.ClientReminded: ("notify",),
            agreed.TimeExcluded: ("notify",),
            agreed.CoverageCorrected: ("notify",),
            agreed.QuoteSent: ("notify",),
            agreed.QuoteApproved: ("inventory", "notify"),
            agreed.QuoteRefused: ("inventory", "notify"),
            repairs.RepairProgressed: ("notify",),
            lifecycle.TicketResolved: ("inventory", "notify"),
            lifecycle.TicketClosed: ("notify",),
            lifecycle.TicketReopened: ("notify",),
            lifecycle.TicketCancelled: ("inventory", "notify"),
        },
    ),
    facts(
        "ticket",
        "sla",
        "ticket_id",
        {
            sla.SlaStarted: ("dispatch", "notify"),
            sla.SlaPaused: ("dispatch", "notify"),
            sla.SlaResumed: ("dispatch", "notify"),
            sla.SlaAtRisk: ("dispatch", "notify"),
            sla.SlaMet: ("dispatch", "notify"),
            sla.SlaBreached: ("dispatch", "notify"),
            sla.SlaCorrected: ("dispatch", "notify"),
            sla.SlaStopped: ("dispatch", "notify"),
        },
    ),
    facts(
        "ticket",
        "major-incidents",
        "major_id",
        {
            majors.MajorIncidentDeclared: ("notify",),
            majors.MajorUpdateDue: ("notify",),
        },
    ),
    facts(
        "dispatch",
        "visits",
        "ticket_id (the subject is the visit)",
        {
            visits.VisitPlanned: ("ticket", "inventory", "notify"),
            visits.TechnicianDispatched: ("ticket", "notify"),
            visits.DispatchAcknowledged: ("ticket", "notify"),
            visits.DispatchDeclined: ("ticket", "notify"),
            visits.DispatchRevoked: ("ticket", "inventory", "notify"),
            visits.VisitRescheduled: ("ticket", "inventory", "notify"),
            visits.TechnicianEnRoute: ("ticket", "notify"),
            visits.TechnicianArrived: ("ticket", "inventory", "notify"),
            visits.InterventionStarted: ("ticket", "notify"),
            visits.InterventionPaused: ("ticket", "notify"),
            visits.InterventionResumed: ("ticket", "notify"),
            visits.InterventionClosed: ("ticket", "inventory", "notify"),
            visits.VisitCancelled: ("ticket", "inventory", "notify"),
            visits.DispatchFailed: ("ticket", "inventory", "notify"),
            visits.DispatcherAsked: ("notify",),
            visits.SignOfLifeMissed: ("notify",),
            visits.WorkNotReported: ("notify",),
            visits.AppointmentOffered: ("ticket", "notify"),
            visits.AppointmentChosen: ("ticket", "notify"),
            visits.AppointmentDeclined: ("ticket", "notify"),
            visits.AppointmentReminded: ("ticket", "notify"),
            reports.ServiceReportMade: ("ticket", "notify"),
            reports.ServiceReportReminded: ("ticket", "notify"),
        },
    ),
    facts(
        "inventory",
        "reservations",
        "visit_id",
        {
            reservations.PartsReserved: ("ticket",),
            reservations.PartsShort: ("dispatch", "ticket"),
            reservations.PartsIssued: ("ticket",),
            reservations.PartsReleased: ("ticket",),
        },
    ),
    facts(
        "inventory",
        "assets",
        "asset_id, or the occurrence of a maintenance plan, the campaign or the training",
        {
            park.AssetChanged: ("ticket",),
            park.MaintenanceDue: ("ticket",),
            park.TipSent: ("notify",),
            park.TrainingAsked: ("ticket",),
            park.TrainingTold: ("notify",),
        },
    ),
    facts("inventory", "renewals", "ticket_id", {renewals.RenewalQuoted: ("ticket",)}),
    facts("inventory", "repairs", "repair_id", {workshop.RepairOrderChanged: ("ticket",)}),
    facts(
        "notify",
        "deliveries",
        "notification_id",
        {
            deliveries.NotificationSent: ("demo",),
            deliveries.NotificationFailed: ("demo",),
            deliveries.NotificationAnswered: ("dispatch",),
        },
    ),
    state("ticket", "customers", "customer_id", ticket.CustomerChanged, "dispatch", "inventory", "notify"),
    state("ticket", "contracts", "contract_id", ticket.ContractChanged, "dispatch", "inventory", "notify"),
    state("ticket", "contacts", "contact_id", ticket.ContactChanged, "dispatch", "inventory", "notify"),
    state(
        "dispatch",
        "technicians",
        "technician_id",
        dispatch.TechnicianChanged,
        "ticket",
        "inventory",
        "notify",
    ),
    state("inventory", "sites", "site_id", inventory.SiteChanged, "ticket", "dispatch", "notify"),
    state("inventory", "parts", "sku", inventory.PartChanged, "ticket", "dispatch"),
    state("inventory", "assets-current", "asset_id", inventory.CurrentAssetChanged, "ticket", "dispatch"),
    state("inventory", "stock-levels", "location/sku", inventory.StockLevelChanged, "dispatch"),
    state("notify", "api-keys", "api_key_id", keys.ApiKeyChanged, "ticket", "dispatch", "inventory"),
    state("ticket", "key-uses", "api_key_id", TicketKeyUseChanged, "notify"),
    state("dispatch", "key-uses", "api_key_id", DispatchKeyUseChanged, "notify"),
    state("inventory", "key-uses", "api_key_id", InventoryKeyUseChanged, "notify"),
    *(dead_letters(service) for service in SERVICES),
)


class Catalogue:
    """Lookups over a table of topics, and the decoding of bodies by it."""

    def __init__(
        self,
        topics: Iterable[Topic] = TOPICS,
        upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
    ) -> None:
        self.topics = tuple(topics)
        self._upcasters = upcasters
        self._by_name = {topic.name: topic for topic in self.topics}
        self._by_model = {model: topic for topic in self.topics for model in topic.events}
        self._models = {(t.name, model.TYPE): model for t in self.topics for model in t.events}
        self._erasures = {
            (t.name, model.ERASED) for t in self.topics for model in t.events if issubclass(model, State)
        }
        self._consumed = {
            (service, topic.name, type_)
            for topic in self.topics
            for type_, services in topic.consumers.items()
            for service in services
        }

    def topic_for(self, model: type[Payload]) -> Topic:
        """Where events of this model are published; ``KeyError`` if nowhere."""
        return self._by_model[model]

    def topic_named(self, name: str) -> Topic:
        """``KeyError`` if there is none of that name."""
        return self._by_name[name]

    def model_for(self, topic: str, type_: str) -> type[Payload] | None:
        """The newest major's model of a type on a topic; None for erasures and unknown types."""
        return self._models.get((topic, type_))

    def is_erasure(self, topic: str, type_: str) -> bool:
        """Whether this type on this topic erases what it names and so has no body."""
        return (topic, type_) in self._erasures

    def subscribed(self, service: str) -> tuple[Topic, ...]:
        """The topics of which the service reads at least one type."""
        return tuple(
            topic
            for topic in self.topics
            if any(service in services for services in topic.consumers.values())
        )

    def consumes(self, service: str, topic: str, type_: str) -> bool:
        """Whether the service reads this type on this topic, erasures included."""
        return (service, topic, type_) in self._consumed

    def decode(self, envelope: Envelope, value: bytes | None) -> Payload:
        """What the event says, as its newest major; fields that it does not declare are ignored.

        Raises ``UnknownType``, ``UnknownMajor`` or ``InvalidBody`` and nothing else.
        """
        model = self.model_for(envelope.topic, envelope.type)
        if model is None:
            raise UnknownType(f"{envelope.topic} carries no {envelope.type}")
        if envelope.major > model.MAJOR:
            raise UnknownMajor(f"{envelope.type} {envelope.major} is newer than {model.MAJOR}")
        if value is None:
            raise InvalidBody(f"{envelope.type} has no body")
        if envelope.major < model.MAJOR:
            value = self._upcast(envelope.type, envelope.major, model.MAJOR, value)
        return _validated(model, value)

    def _upcast(self, type_: str, major: int, newest: int, value: bytes) -> bytes:
        missing = [step for step in range(major, newest) if (type_, step) not in self._upcasters]
        if missing:
            raise UnknownMajor(f"{type_} {major} is older than any upcaster")
        try:
            body = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise InvalidBody(f"not JSON: {error}") from error
        if not isinstance(body, dict):
            raise InvalidBody("not a JSON object")
        for step in range(major, newest):
            try:
                body = self._upcasters[type_, step](body)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                raise InvalidBody(f"not a body of {type_} {step}: {error!r}") from error
        return json.dumps(body).encode()


def _validated(model: type[P], value: bytes) -> P:
    try:
        return model.model_validate_json(value, strict=True, extra="ignore")
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidBody(
            "; ".join(f"{'.'.join(map(str, p['loc'])) or 'body'}: {p['msg']}" for p in problems[:5])
        ) from error


CATALOGUE = Catalogue()
topic_for = CATALOGUE.topic_for
topic_named = CATALOGUE.topic_named
model_for = CATALOGUE.model_for
is_erasure = CATALOGUE.is_erasure
subscribed = CATALOGUE.subscribed
consumes = CATALOGUE.consumes
decode = CATALOGUE.decode
