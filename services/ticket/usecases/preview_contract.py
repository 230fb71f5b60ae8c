"""What a contract would promise, before anybody writes it: nothing is kept of it."""

from dataclasses import dataclass
from datetime import date

from contracts.refusal import NotFound, Refusal, UnknownReference
from contracts.text import Text
from infra.chassis.store.collection import Ref, Where
from infra.chassis.store.unit import Unit
from services.ticket.domain.contract import ContractRevision, Terms, not_its_manager, revision_of
from services.ticket.domain.contract_preview import (
    Compared,
    Preview,
    Sample,
    check_covered,
    promised,
    usual_samples,
)
from services.ticket.domain.contract_versions import begins, begun, changed, place_of, recorded, today
from services.ticket.store.contracts import Contracts
from services.ticket.store.copies import Sites
from services.ticket.usecases.put_contract import terms_load, terms_of, terms_stand, zones_of
from services.ticket.usecases.putting import check_owner


@dataclass(frozen=True)
class PreviewContract:
    """``id`` names the contract that would change; what refuses the change refuses its preview."""

    id: str | None
    customer_id: str
    terms: Terms
    samples: tuple[Sample, ...] = ()
    applies_from: date | None = None
    manager: str | None = None

    def loads(self) -> tuple[Ref | Where, ...]:
        known = () if self.id is None else (Ref(Contracts, self.id),)
        sites = (Ref(Sites, sample.site_id) for sample in self.samples)
        return (*known, *sites, *terms_load(self.customer_id, self.terms))

    def decide(self, unit: Unit) -> Preview:
        new, present = self._versions(unit)
        samples = self.samples or tuple(self._usual(unit, new))
        compared = [self._compared(unit, sample, new, present) for sample in samples]
        return Preview(new, present, compared)

    def _versions(self, unit: Unit) -> tuple[ContractRevision, ContractRevision | None]:
        before = None if self.id is None else unit.get(Contracts, self.id)
        if before is not None and self.manager is not None and self.manager not in before.terms.managers:
            raise NotFound("contract", before.id)
        terms_stand(unit, self.customer_id, self.terms)
        author, now = unit.cause.actor, unit.now
        if before is None:
            if self.manager is not None and self.manager not in self.terms.managers:
                raise not_its_manager(self.manager)
            zones = zones_of(unit, self.customer_id, self.terms.sites)
            after, version = begun(self.id or "new", self.customer_id, self.terms, self.applies_from, zones)
            return recorded(after, version, self.terms, replaces=None, author=author, now=now), None
        check_owner("contract", before.customer_id, self.customer_id)
        present = before.present(now)
        zones = zones_of(unit, self.customer_id, self.terms.sites, before.terms.sites)
        place = place_of(before, self.terms, self.applies_from, today(zones, now))
        after, version = changed(before, self.terms, place, zones, now)
        replaces = place.instead_of.revision
        new = recorded(after, version, self.terms, replaces=replaces, author=author, now=now)
        if present.revision == before.revision:
            return new, revision_of(before)
        return new, terms_of(unit, before, present)

    def _usual(self, unit: Unit, new: ContractRevision) -> tuple[Sample, ...]:
        terms = self.terms
        named = terms.sites[:1]
        sites = tuple(unit.require(Sites, id, as_="site") for id in named)
        sites = sites or unit.where(Sites, "customer_id", self.customer_id)
        if not sites:
            raise Refusal(
                "no-site-to-preview",
                Text(
                    "The customer has no site yet, and clocks run at sites: write one with "
                    "PUT /v1/sites/{id} first.",
                    "Le client n'a pas encore de site, et les délais courent sur un site : écrivez-en un "
                    "par PUT /v1/sites/{id} d'abord.",
                ),
            )
        site = sites[0]
        valid = max(terms.valid_from, new.applies_from or terms.valid_from)
        after = max(unit.now, begins(date.fromisoformat(valid), (site.time_zone,)))
        return tuple(usual_samples(terms, site, after))

    def _compared(
        self, unit: Unit, sample: Sample, new: ContractRevision, present: ContractRevision | None
    ) -> Compared:
        site = unit.require(Sites, sample.site_id, as_="site")
        if site.customer_id != self.customer_id:
            raise UnknownReference("site", sample.site_id)
        check_covered(self.terms, site, sample)
        return Compared(
            sample,
            site,
            sample.priority_under(self.terms),
            promised(new, site, sample),
            None if present is None else sample.priority_under(present.terms),
            [] if present is None else promised(present, site, sample),
        )
