"""A customer's agents are given a key, and lose it."""

from dataclasses import dataclass

from contracts.refusal import NotFound, UnknownReference
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.agent import AgentKey
from services.inventory.store.customers import Customers
from services.inventory.store.machines import AgentKeys
from services.inventory.store.sites import Sites


@dataclass(frozen=True)
class MakeAgentKey:
    key: AgentKey

    def loads(self) -> Loads:
        return (Ref(Customers, self.key.customer_id), Ref(Sites, self.key.site_id))

    def decide(self, unit: Unit) -> None:
        """Another customer's site counts as unknown."""
        unit.require(Customers, self.key.customer_id, as_="customer")
        if unit.require(Sites, self.key.site_id, as_="site").customer_id != self.key.customer_id:
            raise UnknownReference("site", self.key.site_id)
        unit.add(AgentKeys, self.key)


@dataclass(frozen=True)
class RevokeAgentKey:
    id: str

    def loads(self) -> Loads:
        return (Ref(AgentKeys, self.id),)

    def decide(self, unit: Unit) -> None:
        key = unit.get(AgentKeys, self.id)
        if key is None:
            raise NotFound("agent-key", self.id)
        revoked = key.revoked(unit.now, unit.cause.actor)
        if revoked != key:
            unit.save(AgentKeys, revoked)
