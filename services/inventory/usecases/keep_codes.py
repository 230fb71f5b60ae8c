"""Keep the access codes of a site, and show them to who may see them now."""

from dataclasses import dataclass, replace

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.site_codes import SiteCodes, Viewer
from services.inventory.store.planned_visits import PlannedVisits
from services.inventory.store.site_codes import CodesOfSites, CodeViews
from services.inventory.store.sites import Sites


@dataclass(frozen=True)
class KeepCodes:
    """``sealed`` None: none are kept any more. Who was shown them before stays written down."""

    site_id: str
    sealed: str | None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Sites, self.site_id), Ref(CodesOfSites, self.site_id))

    def decide(self, unit: Unit) -> None:
        site = unit.get(Sites, self.site_id)
        if site is None:
            raise NotFound("site", self.site_id)
        check_version(unit.version(CodesOfSites, self.site_id), self.expected)
        before = unit.get(CodesOfSites, self.site_id)
        codes = replace(before or SiteCodes(site.id, site.customer_id), sealed=self.sealed)
        if codes != before:
            unit.put(CodesOfSites, codes)


@dataclass(frozen=True)
class ShowCodes:
    """What is sealed, after it was written down that he is shown it.

    A technician sees it for a visit of his, around its time; whoever else may, for the reason that he gives.
    """

    site_id: str
    viewer: Viewer

    def loads(self) -> Loads:
        visit = self.viewer.visit_id
        visits = () if visit is None else (Ref(PlannedVisits, visit),)
        return (Ref(CodesOfSites, self.site_id), *visits)

    def decide(self, unit: Unit) -> str:
        if self.viewer.role == "technician":
            self._check_visit(unit)
        codes = unit.get(CodesOfSites, self.site_id)
        if codes is None or codes.sealed is None:
            raise NotFound("access code", self.site_id)
        shown, view = codes.shown(self.viewer, unit.now)
        unit.save(CodesOfSites, shown)
        unit.add(CodeViews, view)
        return codes.sealed

    def _check_visit(self, unit: Unit) -> None:
        visit = None if self.viewer.visit_id is None else unit.get(PlannedVisits, self.viewer.visit_id)
        there = visit is not None and visit.site_id == self.site_id
        if there and visit is not None and visit.shows_codes(self.viewer.subject, unit.now):
            return
        start = visit.codes_from if there and visit is not None else None
        his = start is not None and visit is not None and visit.technician_id == self.viewer.subject
        raise Refusal(
            "no-visit-now",
            Text(
                "The codes of a site are shown to the technician of a visit there from two hours before its "
                "start to one hour after its end.",
                "Les codes d'un site sont montrés au technicien d'une visite sur place, de deux heures avant "
                "son début à une heure après sa fin.",
            ),
            **({"from": start.isoformat()} if his and start is not None and start > unit.now else {}),
        )
