"""A fact of tickets about machines in the workshop. It stands on ``ticket.lifecycle.v1`` among the others."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from contracts.ticket.events import TicketFact
from contracts.values import Id


class RepairStage(StrEnum):
    RECEIVED = "received"
    QUOTED = "quoted"
    APPROVED = "approved"
    REFUSED = "refused"
    ON_BENCH = "on-bench"
    REPAIRED = "repaired"
    READY = "ready"
    RETURNED = "returned"
    DISPOSED = "disposed"


class RepairProgressed(TicketFact):
    """The machine repaired under the ticket is at another stage; ``repair_number`` is on its receipt.

    With ``loan_out`` the client has a loan unit to give back.
    """

    TYPE: ClassVar[str] = "repair-progressed"

    repair_id: Id
    repair_number: str
    stage: RepairStage
    asset_id: Id
    asset_name: Annotated[str, StringConstraints(max_length=200)]
    promised_on: date | None = None
    loan_out: bool = False
