"""An incident about a machine is its failure, once."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.failure import FAILURES, Counting, Failure
from services.inventory.store.failures import Countings, Failures


@dataclass(frozen=True)
class CountFailure:
    """What is resolved again after a reopening is the same failure."""

    failure: Failure

    def loads(self) -> Loads:
        return (Ref(Failures, self.failure.id),)

    def decide(self, unit: Unit) -> None:
        if unit.get(Failures, self.failure.id) is None:
            unit.add(Failures, self.failure)


@dataclass(frozen=True)
class BeginCounting:
    """Written down the first time that the service runs."""

    def loads(self) -> Loads:
        return (Ref(Countings, FAILURES),)

    def decide(self, unit: Unit) -> None:
        if unit.get(Countings, FAILURES) is None:
            unit.add(Countings, Counting(FAILURES, unit.now))
