from dataclasses import dataclass, replace

from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.contract import revision_id
from services.ticket.store.contracts import ContractRevisions, Contracts


@dataclass(frozen=True)
class BeginTerms:
    """The timer of a contract: terms whose day has come are the present ones."""

    contract_id: str

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Contracts, self.contract_id),)

    def decide(self, unit: Unit) -> None:
        contract = unit.get(Contracts, self.contract_id)
        if contract is None or contract.begins_next is None or contract.begins_next > unit.now:
            return
        number = contract.present(unit.now).revision
        found = unit.require(ContractRevisions, revision_id(contract.id, number), as_="contract-revision")
        unit.save(Contracts, replace(contract, revision=number, terms=found.terms))
