"""Facts of the workshop, on ``inventory.repairs.v1``, keyed by the repair order."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from contracts.envelope import Fact
from contracts.inventory.renewals import RenewalLine
from contracts.ticket.repairs import RepairStage
from contracts.values import Id, Instant, Value


class RepairQuote(Value):
    """What the repair costs, without tax; the client can approve of it until ``valid_until``."""

    lines: Annotated[tuple[RenewalLine, ...], Field(min_length=1, max_length=100)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    valid_until: Instant


class RepairOrderChanged(Fact):
    """A client's machine in the workshop is at another stage.

    ``number`` is on its receipt. ``ticket_id`` is the ticket under which it is repaired, if there is one.
    ``quote`` is there at the stage ``quoted``: the client is asked in that ticket. With ``loan_out`` he has
    a loan unit meanwhile.
    """

    TYPE: ClassVar[str] = "repair-order-changed"

    repair_id: Id
    number: str
    stage: RepairStage
    asset_id: Id
    asset_name: Annotated[str, StringConstraints(max_length=200)]
    customer_id: Id
    site_id: Id
    ticket_id: Id | None = None
    promised_on: date | None = None
    quote: RepairQuote | None = None
    loan_out: bool = False
