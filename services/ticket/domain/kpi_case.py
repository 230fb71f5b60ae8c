"""One thing that a figure stands on, is not known of, or leaves out and why."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.values import Priority
from services.ticket.domain.measured import Measured


class Measure(StrEnum):
    FIRST_TIME_FIX = "first-time-fix"
    REPAIR = "repair"
    REPAIR_OPEN = "repair-open"
    BACKLOG = "backlog"
    ON_TIME = "on-time-arrival"
    NO_ACCESS = "no-access"
    REMOTE = "remote-solved"
    KEPT = "commitments-kept"
    HOURS = "hours-used"
    REOPENED = "reopened"
    OPENED = "opened"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class Standing(StrEnum):
    COUNTED = "counted"
    UNKNOWN = "unknown"
    LEFT_OUT = "left-out"


class Why(StrEnum):
    """Why a case is not known or left out, or counts against the figure."""

    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"
    NO_VISIT = "no-visit"
    NOT_FIXED = "not-fixed"
    REVISIT = "revisit"
    REOPENED = "reopened"
    TOO_YOUNG = "too-young"
    SITE_TO_COME = "site-to-come"
    NO_CLOCK = "no-clock"
    NO_WINDOW = "no-window"
    NO_ARRIVAL = "no-arrival"
    EARLY = "early"
    LATE = "late"
    VISITED = "visited"
    BROKEN = "broken"
    STILL_RUNNING = "still-running"
    BROKEN_BEFORE = "broken-before"
    STOPPED = "stopped"
    NOT_BEGUN = "not-begun"
    WITHIN_VISIT = "within-visit"


class By(StrEnum):
    """What figures are broken down by."""

    KIND = "kind"
    PRIORITY = "priority"
    CATEGORY = "category"
    SITE = "site"
    CONTRACT = "contract"
    TECHNICIAN = "technician"
    TARGET = "target"
    AGE = "age"


class Age(StrEnum):
    """How long ago something was declared: up to so many times 24 hours."""

    DAY = "1-day"
    DAYS_3 = "3-days"
    DAYS_7 = "7-days"
    DAYS_14 = "14-days"
    DAYS_30 = "30-days"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Case:
    """``amount`` is 1 or 0 where a share or a number is asked for, else whole milliseconds.

    ``part`` says which of a ticket's cases it is: a visit, a clock, a line of its timeline.
    """

    measure: Measure
    ticket: Measured
    priority: Priority
    standing: Standing = Standing.COUNTED
    amount: int = 0
    why: Why | None = None
    part: str = ""
    site_id: str | None = None
    contract_id: str | None = None
    technician_id: str | None = None
    target: str | None = None
    age: Age | None = None

    @property
    def id(self) -> str:
        return f"{self.ticket.id} {self.part}"

    def by(self, what: By) -> str | None:
        """None: cases like this are not told apart by that."""
        match what:
            case By.KIND:
                return self.ticket.kind
            case By.PRIORITY:
                return self.priority
            case By.CATEGORY:
                return self.ticket.category
            case By.SITE:
                return self.site_id
            case By.CONTRACT:
                return self.contract_id
            case By.TECHNICIAN:
                return self.technician_id
            case By.TARGET:
                return self.target
            case By.AGE:
                return self.age
