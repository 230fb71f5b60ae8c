"""What is to ask for work, at a customer's or at everybody's."""

from dataclasses import dataclass

from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.watching import EVERYBODY, RuleSet
from services.inventory.store.customers import Customers
from services.inventory.store.machines import RuleSets


@dataclass(frozen=True)
class PutRules:
    rules: RuleSet
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(RuleSets, self.rules.id), Ref(Customers, self.rules.id))

    def decide(self, unit: Unit) -> bool:
        """Whether they are new. An unknown customer is an ``UnknownReference``."""
        if self.rules.id != EVERYBODY:
            unit.require(Customers, self.rules.id, as_="customer")
        present = unit.get(RuleSets, self.rules.id)
        check_version(unit.version(RuleSets, self.rules.id), self.expected)
        if present != self.rules:
            unit.put(RuleSets, self.rules)
        return present is None
