"""The few values that several services speak of.

Every model here is frozen and refuses undeclared fields; every time is aware, in UTC and
truncated to the millisecond, which is what the stores keep.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from contracts.text import InvalidValue

K = TypeVar("K", str, date)
V = TypeVar("V")

ID_PATTERN = r"^[A-Za-z0-9._~-]{1,64}$"
LOCATION_PATTERN = r"^((depot|van|cupboard|quarantine):[A-Za-z0-9._~-]{1,64}|transit)$"
"""A depot, a technician's van, a site's cupboard, a depot's quarantine; ``transit`` is what is on the way."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_AS_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
"""As ``rfc3339`` writes them: these need no conversion."""


def to_millisecond(at: datetime) -> datetime:
    """``at`` (aware) in UTC, cut to whole milliseconds."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def rfc3339(at: datetime) -> str:
    """``at`` (aware) as RFC 3339 in UTC with three decimals and ``Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def parse_rfc3339(text: str) -> datetime:
    """The instant that ``text`` names, in UTC and whole milliseconds; ``ValueError`` if it names none."""
    if _AS_WRITTEN.fullmatch(text) is not None:
        return datetime.fromisoformat(text)
    if _RFC3339.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not an RFC 3339 time with an offset")
    return to_millisecond(datetime.fromisoformat(text))


class FrozenMapping(Mapping[K, V]):
    """A mapping that cannot change once built; compares equal to any mapping with the same items."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[K, V]) -> None:
        self._items: dict[K, V] = dict(sorted(items.items(), key=lambda item: item[0]))

    def __getitem__(self, key: K) -> V:
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)


def _ends_later(window: tuple[str, str]) -> tuple[str, str]:
    if window[1] <= window[0]:
        raise InvalidValue(
            "a window ends after it starts, and at 24:00 at the latest",
            "une plage finit après son début, et à 24:00 au plus tard",
        )
    return window


Instant = Annotated[
    AwareDatetime,
    AfterValidator(to_millisecond),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Location = Annotated[str, StringConstraints(pattern=LOCATION_PATTERN)]
SUMMARY_LENGTH = 160
Summary = Annotated[str, StringConstraints(min_length=1, max_length=SUMMARY_LENGTH)]
Detail = Annotated[str, StringConstraints(max_length=500)]
Minutes = Annotated[int, Field(ge=0)]
Quantity = Annotated[int, Field(ge=1)]
Level = Annotated[int, Field(ge=1, le=3)]
CrewSize = Annotated[int, Field(ge=1, le=2)]
SkillLevels = Annotated[
    Mapping[Id, Level],
    AfterValidator(FrozenMapping),
    PlainSerializer(dict, return_type=dict[str, int]),
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WallClock = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
WallWindow = Annotated[tuple[WallClock, WallClock], AfterValidator(_ends_later)]
WeeklyWindows = Annotated[
    Mapping[Weekday, tuple[WallWindow, ...]],
    AfterValidator(FrozenMapping),
    PlainSerializer(dict, return_type=dict[str, tuple[tuple[str, str], ...]]),
]


class Value(BaseModel):
    """The base of values inside events."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Priority(StrEnum):
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    P5 = "P5"


class Impact(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Urgency(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class TicketKind(StrEnum):
    INCIDENT = "incident"
    REQUEST = "request"
    MAINTENANCE = "maintenance"
    TRAINING = "training"
    ADVICE = "advice"


class TicketState(StrEnum):
    NEW = "new"
    TRIAGED = "triaged"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class VisitState(StrEnum):
    WAITING = "waiting"
    PLANNED = "planned"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en-route"
    ARRIVED = "arrived"
    STARTED = "started"
    PAUSED = "paused"
    CLOSED = "closed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    API = "api"
    PORTAL = "portal"
    PHONE = "phone"
    MAIL = "mail"
    AGENT = "agent"


class HoldReason(StrEnum):
    WAITING_FOR_CLIENT = "waiting-for-client"
    WAITING_FOR_VENDOR = "waiting-for-vendor"
    WAITING_FOR_PARTS = "waiting-for-parts"
    WAITING_FOR_ACCESS = "waiting-for-access"
    WAITING_FOR_APPROVAL = "waiting-for-approval"
    APPOINTMENT = "appointment"


class Outcome(StrEnum):
    """How an intervention ended."""

    FIXED = "fixed"
    WORKAROUND = "workaround"
    NOT_FIXED = "not-fixed"
    PART_DEAD = "part-dead"
    NO_ACCESS = "no-access"
    USER_ABSENT = "user-absent"
    REFUSED = "refused"
    UNSAFE = "unsafe"
    OUT_OF_SCOPE = "out-of-scope"


class WorkMode(StrEnum):
    ONSITE = "onsite"
    REMOTE = "remote"


class WorklogKind(StrEnum):
    """What somebody spent time on."""

    REMOTE = "remote"
    PHONE = "phone"
    ONSITE = "onsite"
    TRAVEL = "travel"
    WORKSHOP = "workshop"


class Coverage(StrEnum):
    """Who pays for the work: it is in the contract, out of it, or under the manufacturer's warranty."""

    IN = "in"
    OUT = "out"
    WARRANTY = "warranty"


class ServiceHealth(StrEnum):
    """How the faulty service does when a ticket is reopened."""

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


class Language(StrEnum):
    FR = "fr"
    EN = "en"


SpokenLanguage = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
"""A language tag of BCP 47: ``de``, ``pt-BR``."""


class TechnicianWishes(Value):
    """By their ids, whom a customer would rather have sent and whom he will not have."""

    preferred: Annotated[tuple[Id, ...], Field(max_length=100)] = ()
    refused: Annotated[tuple[Id, ...], Field(max_length=100)] = ()

    @property
    def named(self) -> tuple[str, ...]:
        return (*self.preferred, *self.refused)


def _not_both(wishes: TechnicianWishes) -> TechnicianWishes:
    both = set(wishes.preferred) & set(wishes.refused)
    if both:
        named = ", ".join(sorted(both))
        raise InvalidValue(
            f"a technician is preferred or refused, not both: {named}",
            f"un technicien est préféré ou refusé, pas les deux : {named}",
        )
    return wishes


StatedWishes = Annotated[TechnicianWishes, AfterValidator(_not_both)]
"""Wishes as somebody writes them down, who may not contradict himself."""


class Window(Value):
    """A stretch of time, its end excluded."""

    from_at: Instant
    to_at: Instant

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> "Window":
        if self.to_at <= self.from_at:
            raise InvalidValue("a window ends after it starts", "une plage finit après son début")
        return self


class Point(Value):
    """A place on Earth, in degrees (WGS 84)."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class PartNeed(Value):
    sku: Id
    quantity: Quantity


class PartUsed(Value):
    """A part fitted on site; serials are those of the part put in and of the part taken out."""

    sku: Id
    quantity: Quantity
    serial_in: str | None = None
    serial_out: str | None = None


class Answer(Value):
    """One line of the briefing: a question asked beforehand and what was answered."""

    question: Detail
    answer: Detail


class SiteAccess(Value):
    """What it takes to get in; codes and keys are never part of it.

    ``lone_work``: who works there is out of everybody's sight and hearing.
    """

    instructions: Detail | None = None
    badge_lead_minutes: Minutes | None = None
    escort: bool = False
    parking: Detail | None = None
    permits: tuple[str, ...] = ()
    lone_work: bool = False
