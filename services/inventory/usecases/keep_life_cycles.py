"""Until when products are supported is written down, from a file or by hand."""

from dataclasses import dataclass, replace

from contracts.refusal import NotFound
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.life_cycle import Product, ProductNames
from services.inventory.domain.renewal_rules import EVERYBODY, RenewalRules
from services.inventory.store.customers import Customers
from services.inventory.store.renewals import LifeCycles, NamesOfProducts, RenewalRuleSets


@dataclass(frozen=True)
class KeepLifeCycles:
    """What a file says of products; those that the firm wrote down itself stay as they are."""

    products: tuple[Product, ...]

    def loads(self) -> Loads:
        return tuple(Ref(LifeCycles, each.id) for each in self.products)

    def decide(self, unit: Unit) -> tuple[int, int]:
        """How many are new or changed, and how many were left as the firm has them."""
        changed = own = 0
        for each in self.products:
            known = unit.get(LifeCycles, each.id)
            if known is not None and known.own:
                own += 1
            elif known != each:
                unit.put(LifeCycles, each)
                changed += 1
        return changed, own


@dataclass(frozen=True)
class PutProduct:
    """The firm's own word on a product: its machines', or another one than the file's."""

    product: Product
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(LifeCycles, self.product.id),)

    def decide(self, unit: Unit) -> bool:
        """Whether it is new."""
        known = unit.get(LifeCycles, self.product.id)
        check_version(unit.version(LifeCycles, self.product.id), self.expected)
        own = replace(self.product, own=True)
        if known != own:
            unit.put(LifeCycles, own)
        return known is None


@dataclass(frozen=True)
class LetFileSay:
    """The firm's own word does not count any more: the next file's does."""

    id: str

    def loads(self) -> Loads:
        return (Ref(LifeCycles, self.id),)

    def decide(self, unit: Unit) -> None:
        known = unit.get(LifeCycles, self.id)
        if known is None:
            raise NotFound("product", self.id)
        if known.own:
            unit.save(LifeCycles, replace(known, own=False, cycles=()))


@dataclass(frozen=True)
class PutProductNames:
    names: ProductNames
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(NamesOfProducts, self.names.id),)

    def decide(self, unit: Unit) -> bool:
        """Whether they are the first ones of it."""
        known = unit.get(NamesOfProducts, self.names.id)
        check_version(unit.version(NamesOfProducts, self.names.id), self.expected)
        if known != self.names:
            unit.put(NamesOfProducts, self.names)
        return known is None


@dataclass(frozen=True)
class PutRenewalRules:
    rules: RenewalRules
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(RenewalRuleSets, self.rules.id), Ref(Customers, self.rules.id))

    def decide(self, unit: Unit) -> bool:
        """Whether they are new. An unknown customer is an ``UnknownReference``."""
        if self.rules.id != EVERYBODY:
            unit.require(Customers, self.rules.id, as_="customer")
        known = unit.get(RenewalRuleSets, self.rules.id)
        check_version(unit.version(RenewalRuleSets, self.rules.id), self.expected)
        if known != self.rules:
            unit.put(RenewalRuleSets, self.rules)
        return known is None
