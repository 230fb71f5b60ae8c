"""What requests about tickets carry."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails

from contracts.text import InvalidValue
from contracts.ticket.events import CancelReason
from contracts.values import (
    Channel,
    HoldReason,
    Id,
    Impact,
    ServiceHealth,
    TicketKind,
    Urgency,
    Window,
    WorklogKind,
    WorkMode,
)
from infra.chassis.http.body import Body, said
from services.ticket.domain.contact import Person, normal_email, normal_phone
from services.ticket.domain.diagnosis import Given

MAX_SITES = 200
MAX_DEPTH = 8
MAX_BYTES = 32 * 1024


def _once(sites: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(sites)) < len(sites):
        raise InvalidValue("each site once", "chaque site une seule fois")
    return sites


def bounded(value: dict[str, Any]) -> dict[str, Any]:
    """Any JSON, but neither deep nor long."""
    if _depth(value) > MAX_DEPTH:
        raise InvalidValue(
            f"nested deeper than {MAX_DEPTH} levels", f"imbriqué sur plus de {MAX_DEPTH} niveaux"
        )
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_BYTES:
        raise InvalidValue(f"longer than {MAX_BYTES} bytes", f"plus long que {MAX_BYTES} octets")
    return value


def _depth(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


Summary = Annotated[str, said(160)]
Words = Annotated[str, said(500)]
Description = Annotated[str, said(10_000)]
Name = Annotated[str, said(200)]
Email = Annotated[
    str,
    StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"),
    AfterValidator(normal_email),
]
Phone = Annotated[
    str,
    StringConstraints(max_length=40, pattern=r"^\+?[0-9 ().\-/]{3,}$"),
    AfterValidator(normal_phone),
]
Sites = Annotated[tuple[Id, ...], Field(max_length=MAX_SITES), AfterValidator(_once)]
Reference = Annotated[str, said(128)]
CustomKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
AnswerText = Annotated[str, said(500)]
Custom = Annotated[dict[CustomKey, Any], Field(max_length=50), AfterValidator(bounded)]
"""A client's own fields, of any JSON."""


class PersonBody(Body):
    name: Name
    email: Email | None = None
    phone: Phone | None = None

    def person(self) -> Person:
        return Person(self.name.strip(), self.email, self.phone)


class WindowBody(Body):
    """A stretch of time, its end excluded."""

    from_: datetime = Field(alias="from")
    to: datetime

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.to <= self.from_:
            raise InvalidValue("a window ends after it starts", "une plage finit après son début")
        return self

    def window(self) -> Window:
        return Window(from_at=self.from_, to_at=self.to)


class AnswersBody(Body):
    """By question; null where somebody does not know."""

    answers: Annotated[dict[Id, AnswerText | None], Field(max_length=50)] = Field(default_factory=dict)

    def given(self) -> tuple[Given, ...]:
        return tuple(Given(question, value) for question, value in self.answers.items())


class WalkBody(AnswersBody):
    """``all_questions``: none is left out because the likely repair is known."""

    all_questions: bool = False


class DiagnosedBody(WalkBody):
    """Answers to the questions of the diagnosis ``id``, as it is published."""

    id: Id


SiteGroups = tuple[Annotated[Sites, Field(min_length=1)], ...]


class OpenTicketBody(Body):
    """``category`` is a work type; ``customer_id`` is for the firm's side, where the sites do not tell.

    Of category, impact and urgency may be left out what the answers to a ``diagnosis`` say.
    ``external_reference`` is unique per customer. ``occurred_at``: when the client said so.
    ``site_order`` groups sites: nobody begins at those of a group before the visits to all groups before it
    are over; sites that it leaves out are visited at any time. ``same_technician``: one makes all visits.
    """

    kind: TicketKind
    summary: Summary
    description: Description
    category: Id | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    diagnosis: DiagnosedBody | None = None
    sites: Annotated[Sites, Field(min_length=1)]
    customer_id: Id | None = None
    asset: Id | None = None
    requester: PersonBody | None = None
    on_site_contact: PersonBody | None = None
    preferred_windows: Annotated[tuple[WindowBody, ...], Field(max_length=20)] = ()
    site_order: Annotated[SiteGroups, Field(max_length=20)] = ()
    same_technician: bool = False
    confidential: bool = False
    channel: Channel = Channel.API
    declared_by: Name | None = None
    external_reference: Reference | None = None
    custom: Custom | None = None
    occurred_at: datetime | None = None

    @field_validator("site_order")
    @classmethod
    def _orders_its_own_sites_once(cls, groups: SiteGroups, info: ValidationInfo) -> SiteGroups:
        ordered = [site for group in groups for site in group]
        if len(set(ordered)) < len(ordered) or not set(ordered) <= set(info.data.get("sites", ordered)):
            raise InvalidValue(
                "`site_order` names sites of `sites`, each once",
                "`site_order` nomme des sites de `sites`, chacun une seule fois",
            )
        return groups

    @model_validator(mode="after")
    def _says_what_no_answer_says(self) -> Self:
        judged = {"category": self.category, "impact": self.impact, "urgency": self.urgency}
        lacking = [name for name, value in judged.items() if value is None and self.diagnosis is None]
        if lacking:
            raise ValidationError.from_exception_data(
                type(self).__name__,
                [InitErrorDetails(type="missing", loc=(name,), input=None) for name in lacking],
            )
        return self


class VerbBody(Body):
    """``occurred_at``: when it happened, if not now."""

    occurred_at: datetime | None = None


class HandOverBody(VerbBody):
    """``agent_id`` is the subject of the colleague's token."""

    agent_id: Name
    reason: Words | None = None


class _JudgementBody(VerbBody):
    impact: Impact | None = None
    urgency: Urgency | None = None
    category: Id | None = None


class TriageBody(_JudgementBody):
    """``on_site``: the desk cannot solve it, somebody has to go there."""

    on_site: bool = False


class RequalifyBody(_JudgementBody):
    agreed_by: Name
    reason: Annotated[str, said(280)]


class StartBody(VerbBody):
    mode: WorkMode


class HoldBody(VerbBody):
    reason: HoldReason
    until: datetime | None = None
    sites: Sites = ()


class ResumeBody(VerbBody):
    sites: Sites = ()


class ResolveBody(VerbBody):
    """``article_worked`` false: the known repair was tried, and something else was it.

    ``children``: its open children, too, but for those that a visit is under way to.
    """

    work_done: Description
    cause: Words | None = None
    article_id: Id | None = None
    article_worked: bool = True
    children: bool = False


class ReopenBody(VerbBody):
    """Without ``sites``: all of the ticket's."""

    reason: Words
    service: ServiceHealth
    sites: Sites = ()


class CancelBody(VerbBody):
    reason: CancelReason
    duplicate_of: Id | None = None


class WatchBody(VerbBody):
    """``contact``: who is to follow it; without one the caller himself."""

    contact: Id | None = None


class WorklogBody(Body):
    """Time that ``person`` (the subject of his token; the caller if absent) spent on the ticket."""

    person: Name | None = None
    from_: datetime = Field(alias="from")
    to: datetime
    kind: WorklogKind
    billable: bool
    text: Words | None = None


class WorklogCorrectionBody(Body):
    """How it really was, in place of what was logged, and why that was wrong."""

    from_: datetime = Field(alias="from")
    to: datetime
    kind: WorklogKind
    billable: bool
    reason: Words


class NoteBody(VerbBody):
    """``also_children``: a public note of the firm's stands in the open children as well."""

    text: Description
    public: bool
    also_children: bool = False


class ParentBody(Body):
    parent: Id
