from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.refusal import NotFound, UnknownReference
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain.contract import (
    Contract,
    ContractRevision,
    Terms,
    Version,
    check_terms,
    not_its_manager,
    revision_id,
    revision_of,
)
from services.ticket.domain.contract_versions import begun, changed, place_of, recorded, today
from services.ticket.store.contracts import ContractRevisions, Contracts
from services.ticket.store.copies import Sites
from services.ticket.store.customers import Customers
from services.ticket.store.work_types import WorkTypes
from services.ticket.usecases.putting import check_owner


@dataclass(frozen=True)
class PutContract:
    """Other terms apply from their day on; tickets go on under those that they were opened with.

    Without ``applies_from`` that is today, and for a contract that has not begun as long as it is valid.
    ``manager`` is the caller's subject where he may only touch contracts that name him.
    """

    id: str
    customer_id: str
    terms: Terms
    expected: Expected = None
    manager: str | None = None
    applies_from: date | None = None

    def loads(self) -> tuple[Ref | Where, ...]:
        return (Ref(Contracts, self.id), *terms_load(self.customer_id, self.terms))

    def decide(self, unit: Unit) -> bool:
        before = unit.get(Contracts, self.id)
        if before is not None and self.manager is not None and self.manager not in before.terms.managers:
            raise NotFound("contract", self.id)
        terms_stand(unit, self.customer_id, self.terms)
        check_version(unit.version(Contracts, self.id), self.expected)
        author = unit.cause.actor
        if before is None:
            if self.manager is not None and self.manager not in self.terms.managers:
                raise not_its_manager(self.manager)
            zones = zones_of(unit, self.customer_id, self.terms.sites)
            after, version = begun(self.id, self.customer_id, self.terms, self.applies_from, zones)
            replaces = None
        else:
            check_owner("contract", before.customer_id, self.customer_id)
            zones = zones_of(unit, self.customer_id, self.terms.sites, before.terms.sites)
            place = place_of(before, self.terms, self.applies_from, today(zones, unit.now))
            if terms_of(unit, before, place.instead_of).terms == self.terms:
                return False
            after, version = changed(before, self.terms, place, zones, unit.now)
            replaces = place.instead_of.revision
        unit.put(Contracts, after)
        unit.add(
            ContractRevisions,
            recorded(after, version, self.terms, replaces=replaces, author=author, now=unit.now),
        )
        return before is None


def terms_load(customer_id: str, terms: Terms) -> tuple[Ref | Where, ...]:
    """What terms are checked against."""
    sites = (Ref(Sites, site) for site in terms.sites)
    work_types = (Ref(WorkTypes, category) for category in _categories(terms))
    return (Ref(Customers, customer_id), *sites, *work_types, *_sites_of(customer_id, terms.sites))


def terms_stand(unit: Unit, customer_id: str, terms: Terms) -> None:
    """The refusal of terms that no clock could run on, or that name what is not the customer's."""
    unit.require(Customers, customer_id, as_="customer")
    for site_id in terms.sites:
        if unit.require(Sites, site_id, as_="site").customer_id != customer_id:
            raise UnknownReference("site", site_id)
    for category in _categories(terms):
        unit.require(WorkTypes, category, as_="work-type")
    check_terms(terms)


def terms_of(unit: Unit, contract: Contract, version: Version) -> ContractRevision:
    """The terms of one of a contract's versions."""
    if version.revision == contract.revision:
        return revision_of(contract)
    id = revision_id(contract.id, version.revision)
    return unit.require(ContractRevisions, id, as_="contract-revision")


def zones_of(unit: Unit, customer_id: str, *named: tuple[str, ...]) -> frozenset[str]:
    """The time zones of the sites that terms cover: those that they name, or all of the customer's."""
    return frozenset(_zones(unit, customer_id, named))


def _zones(unit: Unit, customer_id: str, named: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    if all(named):
        for id in sorted({id for sites in named for id in sites}):
            if (site := unit.get(Sites, id)) is not None:
                yield site.time_zone
        return
    yield from (site.time_zone for site in unit.where(Sites, "customer_id", customer_id))


def _categories(terms: Terms) -> tuple[str, ...]:
    covered = terms.coverage
    return () if covered is None else (*covered.categories, *covered.excluded_categories)


def _sites_of(customer_id: str, named: tuple[str, ...]) -> tuple[Where, ...]:
    return () if named else (Where(Sites, "customer_id", customer_id),)
