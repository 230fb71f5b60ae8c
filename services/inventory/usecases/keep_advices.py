"""What a look through a customer's park has found is kept, with what was decided about it before."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.inventory.domain.advice import Advice, merged
from services.inventory.domain.renewal_watch import RenewalWatch
from services.inventory.store.renewals import Advices, RenewalWatches


@dataclass(frozen=True)
class KeepAdvices:
    """``found`` is everything that there is of that customer: what is not in it is not to be done any more.

    An older look than the last one changes nothing.
    """

    watch: RenewalWatch
    found: tuple[Advice, ...]

    def loads(self) -> Loads:
        return (Where(Advices, "customer_id", self.watch.id), Ref(RenewalWatches, self.watch.id))

    def decide(self, unit: Unit) -> int:
        """How many advices are new or otherwise."""
        last = unit.get(RenewalWatches, self.watch.id)
        if last is not None and last.looked_at > self.watch.looked_at:
            return 0
        known = unit.where(Advices, "customer_id", self.watch.id)
        changed = merged(known, self.found, self.watch.looked_at)
        for each in changed:
            unit.put(Advices, each)
        if last != self.watch:
            unit.put(RenewalWatches, self.watch)
        return len(changed)
