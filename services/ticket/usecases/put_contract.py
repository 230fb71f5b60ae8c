from dataclasses import dataclass

from contracts.refusal import NotFound, UnknownReference
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.contract import Contract, Terms, check_terms, not_its_manager, revision_of
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.copies import Sites
from services.ticket.store.customers import Customers
from services.ticket.usecases.putting import check_owner


@dataclass(frozen=True)
class PutContract:
    """New terms make a new revision; tickets go on under the one they were opened with.

    ``manager`` is the caller's subject where he may only touch contracts that name him.
    """

    id: str
    customer_id: str
    terms: Terms
    expected: Expected = None
    manager: str | None = None

    def loads(self) -> tuple[Ref, ...]:
        sites = (Ref(Sites, site) for site in self.terms.sites)
        return (Ref(Contracts, self.id), Ref(Customers, self.customer_id), *sites)

    def decide(self, unit: Unit) -> bool:
        before = unit.get(Contracts, self.id)
        if before is not None and self.manager is not None and self.manager not in before.terms.managers:
            raise NotFound("contract", self.id)
        unit.require(Customers, self.customer_id, as_="customer")
        for site_id in self.terms.sites:
            if unit.require(Sites, site_id, as_="site").customer_id != self.customer_id:
                raise UnknownReference("site", site_id)
        check_terms(self.terms)
        check_version(unit.version(Contracts, self.id), self.expected)
        if before is not None:
            check_owner("contract", before.customer_id, self.customer_id)
        elif self.manager is not None and self.manager not in self.terms.managers:
            raise not_its_manager(self.manager)
        after = (
            Contract(self.id, self.customer_id, 1, self.terms)
            if before is None
            else before.revised(self.terms)
        )
        if after != before:
            unit.put(Contracts, after)
            unit.add(ContractRevisions, revision_of(after, unit.now))
        return before is None
