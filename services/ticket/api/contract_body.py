"""What a contract says, as it is sent."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.calendars import CalendarForm, HolidayCode
from contracts.text import InvalidValue
from contracts.values import (
    Channel,
    HoldReason,
    Id,
    Impact,
    Priority,
    TicketKind,
    Urgency,
    WallWindow,
    Weekday,
)
from infra.chassis.http.body import Body
from services.ticket.api.billing_body import BillingBody
from services.ticket.api.bodies import Name, Sites
from services.ticket.api.penalties_body import PenaltiesBody
from services.ticket.domain.contract import AssetsCovered, CoverageTerms, MetBy, OnReopen, Target, Terms
from services.ticket.domain.priority import SERVICENOW, matrix_from

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class CalendarBody(Body):
    """A business calendar; ``time_zone`` and ``holidays`` may say ``site``."""

    time_zone: str
    weekly: dict[Weekday, tuple[WallWindow, ...]]
    holidays: HolidayCode | Literal["site"] | tuple[date, ...] = "none"
    good_friday: bool = False
    exceptions: dict[date, tuple[WallWindow, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _counts(self) -> Self:
        self.form()
        return self

    def form(self) -> CalendarForm:
        return CalendarForm.model_validate(self.model_dump())


class TargetBody(Body):
    """Either ``minutes``, or all of ``days``, ``by`` and ``cutoff``."""

    name: Id
    minutes: Annotated[int, Field(ge=1, le=366 * 24 * 60)] | None = None
    days: Annotated[int, Field(ge=1, le=366)] | None = None
    by: TimeOfDay | None = None
    cutoff: TimeOfDay | None = None
    calendar: str
    stops_on: Annotated[tuple[HoldReason, ...], Field(max_length=len(HoldReason))]
    met_by: MetBy
    on_reopen: OnReopen = OnReopen.EXCLUDE

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        by_day = (self.days, self.by, self.cutoff)
        if (self.minutes is None) == (None in by_day) or (self.minutes is not None and any(by_day)):
            raise InvalidValue(
                "give minutes, or days with by and cutoff", "donnez minutes, ou days avec by et cutoff"
            )
        return self

    def target(self) -> Target:
        return Target(
            name=self.name,
            calendar=self.calendar,
            stops_on=self.stops_on,
            met_by=self.met_by,
            minutes=self.minutes,
            days=self.days,
            by=self.by,
            cutoff=self.cutoff,
            on_reopen=self.on_reopen,
        )


class CoverageTermsBody(Body):
    """What work is in the contract; what is absent leaves nothing out.

    ``hours`` names a calendar: what is declared while it is closed is out. ``assets`` ``named``: work on
    assets whose ``contract_id`` is this contract. ``warranty_first``: before the contract comes the
    manufacturer's warranty.
    ``out_needs_approval``: work that is out waits until the client has approved of a quote.
    """

    kinds: Annotated[tuple[TicketKind, ...], Field(min_length=1, max_length=len(TicketKind))] | None = None
    categories: Annotated[tuple[Id, ...], Field(min_length=1, max_length=500)] | None = None
    excluded_categories: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    hours: str | None = None
    assets: AssetsCovered = AssetsCovered.ALL
    warranty_first: bool = False
    out_needs_approval: bool = False

    def terms(self) -> CoverageTerms:
        return CoverageTerms(
            kinds=self.kinds or (),
            categories=self.categories or (),
            excluded_categories=self.excluded_categories,
            hours=self.hours,
            assets=self.assets,
            warranty_first=self.warranty_first,
            out_needs_approval=self.out_needs_approval,
        )


class ContractBody(Body):
    """``sites``: all of the customer's when absent. ``priority_matrix``: impact → urgency → priority.

    ``applies_from``: from which day on these terms apply, at the site where the work is done. Today when
    absent, and for a new contract ``valid_from``. What was before stays as it was.
    """

    customer_id: Id
    name: Name
    sites: Annotated[Sites, Field(min_length=1)] | None = None
    managers: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=len(Channel))] = tuple(Channel)
    valid_from: date
    valid_to: date | None = None
    applies_from: date | None = None
    calendars: Annotated[dict[Id, CalendarBody], Field(max_length=20)]
    targets: dict[Priority, Annotated[tuple[TargetBody, ...], Field(max_length=20)]]
    priority_matrix: dict[Impact, dict[Urgency, Priority]] | None = None
    penalties: PenaltiesBody | None = None
    billing: BillingBody | None = None
    coverage: CoverageTermsBody | None = None

    @model_validator(mode="after")
    def _penalises_what_it_promises(self) -> Self:
        promised = {target.name for targets in self.targets.values() for target in targets}
        named: set[str] = (
            set() if self.penalties is None else {n for rule in self.penalties.rules for n in rule.targets}
        )
        if unknown := sorted(named - promised):
            raise InvalidValue(
                f"penalties name targets that are not promised: {', '.join(unknown)}",
                f"les pénalités nomment des engagements qui ne sont pas pris : {', '.join(unknown)}",
            )
        return self

    @model_validator(mode="after")
    def _has_a_whole_matrix(self) -> Self:
        cells = self.priority_matrix
        if cells is not None and any(len(cells.get(impact, ())) < len(Urgency) for impact in Impact):
            raise InvalidValue(
                "give a priority for every impact and urgency",
                "donnez une priorité pour chaque impact et chaque urgence",
            )
        return self

    def terms(self) -> Terms:
        matrix = SERVICENOW if self.priority_matrix is None else matrix_from(self.priority_matrix)
        return Terms(
            name=self.name,
            valid_from=self.valid_from.isoformat(),
            valid_to=None if self.valid_to is None else self.valid_to.isoformat(),
            sites=self.sites or (),
            managers=self.managers,
            channels=self.channels,
            calendars={name: each.form().model_dump(mode="json") for name, each in self.calendars.items()},
            targets={p: tuple(each.target() for each in targets) for p, targets in self.targets.items()},
            priority_matrix=matrix,
            penalties=None if self.penalties is None else self.penalties.terms(),
            billing=None if self.billing is None else self.billing.agreed(),
            coverage=None if self.coverage is None else self.coverage.terms(),
        )
