"""What a contract says, as it is sent."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from contracts.calendars import CalendarForm, HolidayCode
from contracts.text import InvalidValue
from contracts.values import Channel, HoldReason, Id, Impact, Priority, Urgency, WallWindow, Weekday
from infra.chassis.http.body import Body
from services.ticket.api.billing_body import BillingBody
from services.ticket.api.bodies import Name, Sites, bounded
from services.ticket.domain.contract import MetBy, OnReopen, Target, Terms
from services.ticket.domain.priority import SERVICENOW, matrix_from

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


Agreed = Annotated[dict[str, Any], AfterValidator(bounded)]


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


class ContractBody(Body):
    """``sites``: all of the customer's when absent. ``priority_matrix``: impact → urgency → priority."""

    customer_id: Id
    name: Name
    sites: Annotated[Sites, Field(min_length=1)] | None = None
    managers: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    channels: Annotated[tuple[Channel, ...], Field(min_length=1, max_length=len(Channel))] = tuple(Channel)
    valid_from: date
    valid_to: date | None = None
    calendars: Annotated[dict[Id, CalendarBody], Field(max_length=20)]
    targets: dict[Priority, Annotated[tuple[TargetBody, ...], Field(max_length=20)]]
    priority_matrix: dict[Impact, dict[Urgency, Priority]] | None = None
    penalties: Agreed | None = None
    billing: BillingBody | None = None

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
            penalties=self.penalties,
            billing=None if self.billing is None else self.billing.agreed(),
        )
