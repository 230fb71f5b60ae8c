"""What is done to a machine in the workshop: diagnosed, mended with parts of the stock, tested."""

from dataclasses import dataclass

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.failure import Failure
from services.inventory.domain.movement import MovementKind
from services.inventory.domain.repair_order import (
    Check,
    Diagnosis,
    Fitted,
    RepairOrder,
    RepairState,
    RepairVerb,
)
from services.inventory.store.failures import Failures
from services.inventory.store.parts import Parts
from services.inventory.store.repairs import RepairOrders
from services.inventory.usecases.keep_repair import keep_repair
from services.inventory.usecases.receive_stock import refuse_quarantined, refuse_transit
from services.inventory.usecases.setting_aside import (
    check_owners,
    journal,
    keep,
    keep_promises,
    level_at,
    owner_refs,
)
from services.inventory.usecases.take_in import RepairCommand


@dataclass(frozen=True, kw_only=True)
class Diagnose(RepairCommand):
    """``ticket_id`` names the ticket now, where the intake named none."""

    diagnosis: Diagnosis
    ticket_id: str | None = None
    promised_on: str | None = None

    def decide(self, unit: Unit) -> None:
        """A part that is unknown is an ``UnknownReference``."""
        order = self.known(unit)
        for line in self.diagnosis.estimate.lines:
            if line.sku is not None:
                unit.require(Parts, line.sku, as_="part")
        named = order.named(self.ticket_id, self.promised_on)
        after = named.diagnosed(self.diagnosis, unit.now, unit.cause.actor)
        if after.state is RepairState.QUOTED:
            _require_only_quote(unit, after)
        keep_repair(unit, after)


def _require_only_quote(unit: Unit, order: RepairOrder) -> None:
    """A ticket has one quote at a time: another machine's would take its place, and its answer with it."""
    for each in unit.where(RepairOrders, "ticket_id", order.ticket_id or ""):
        if each.id != order.id and each.state is RepairState.QUOTED:
            raise Refusal(
                "repair-quote-pending",
                Text(
                    f"The client has not answered yet what {each.number} costs, in the same ticket: wait for "
                    "him, or repair this one under a ticket of its own.",
                    f"Le client n'a pas encore répondu au devis de {each.number}, dans le même ticket : "
                    "attendez sa réponse, ou réparez celle-ci sous un autre ticket.",
                ),
                repair_id=each.id,
            )


@dataclass(frozen=True, kw_only=True)
class StartRepair(RepairCommand):
    def decide(self, unit: Unit) -> None:
        keep_repair(unit, self.known(unit).started(unit.now, unit.cause.actor))


@dataclass(frozen=True, kw_only=True)
class WorkOnRepair(RepairCommand):
    minutes: int
    note: str | None = None

    def decide(self, unit: Unit) -> None:
        order = self.known(unit)
        keep_repair(unit, order.worked_on(self.minutes, self.note, unit.now, unit.cause.actor))


@dataclass(frozen=True, kw_only=True)
class FitPart(RepairCommand):
    """It leaves the stock for good. What is set aside for a visit is not taken."""

    location: str
    sku: str
    quantity: int = 1
    serials: tuple[str, ...] = ()

    def loads(self) -> Loads:
        return (*super().loads(), Ref(Parts, self.sku), *owner_refs(self.location))

    def decide(self, unit: Unit) -> None:
        order = self.known(unit)
        order.require(RepairVerb.FIT)
        unit.require(Parts, self.sku, as_="part").require_stocked()
        refuse_transit(self.location)
        check_owners(unit, self.location)
        level = level_at(unit, self.location, self.sku)
        refuse_quarantined(unit, level, self.quantity, self.serials)
        by = journal(unit, None, note=order.number, reference=order.id)
        touched = keep(unit, level.leave(MovementKind.ISSUED, self.quantity, self.serials, by)).id
        fitted = Fitted(unit.now, unit.cause.actor, self.location, self.sku, self.quantity, self.serials)
        keep_repair(unit, order.fitted_with(fitted))
        keep_promises(unit, {touched})


@dataclass(frozen=True, kw_only=True)
class FinishRepair(RepairCommand):
    """A repair is the machine's failure, once: its ticket, when it is an incident, is the same one."""

    note: str

    def decide(self, unit: Unit) -> None:
        order = self.known(unit)
        after = order.finished(self.note, unit.now, unit.cause.actor)
        keep_repair(unit, after)
        failure = Failure(
            order.ticket_id or order.id,
            order.customer_id,
            order.asset_id,
            order.steps[0].at,
            None if order.diagnosis is None else order.diagnosis.findings,
        )
        if unit.get(Failures, failure.id) is None:
            unit.add(Failures, failure)


@dataclass(frozen=True, kw_only=True)
class CheckRepair(RepairCommand):
    checks: tuple[Check, ...]

    def decide(self, unit: Unit) -> None:
        keep_repair(unit, self.known(unit).tested(self.checks, unit.now, unit.cause.actor))
