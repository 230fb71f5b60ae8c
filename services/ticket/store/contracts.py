from datetime import date

from contracts.ticket.states import ContractChanged
from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.ticket.domain.contract import Contract, ContractRevision


def _state(contract: Contract) -> ContractChanged:
    terms = contract.terms
    return ContractChanged(
        contract_id=contract.id,
        customer_id=contract.customer_id,
        name=terms.name,
        sites=terms.sites,
        managers=terms.managers,
        valid_from=date.fromisoformat(terms.valid_from),
        valid_to=None if terms.valid_to is None else date.fromisoformat(terms.valid_to),
    )


Contracts = Collection(
    "contracts",
    Contract,
    indexes=(Index((("customer_id", 1),)),),
    customer=lambda contract: contract.customer_id,
    state=_state,
    published=ContractChanged,
    next_due=lambda contract: contract.begins_next,
)

ContractRevisions = Collection(
    "contract_revisions",
    ContractRevision,
    indexes=(
        Index((("contract_id", 1), ("revision", 1)), unique=True, name="of_contract"),
        Index((("contract_id", 1), *IN_ORDER), name="in_contract"),
    ),
    customer=lambda revision: revision.customer_id,
)
