"""Make a closed visit's service report, and what takes its place: corrected, or signed from afar."""

from dataclasses import dataclass, replace

from contracts.dispatch.reports import MadeBecause, ServiceReportMade, ServiceReportReminded
from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.dispatch.domain.report import Report
from services.dispatch.domain.report_content import Names, content_of
from services.dispatch.domain.service_report import (
    Correction,
    FromAfar,
    Opening,
    ReportVersion,
    ServiceReport,
    corrected,
    frozen,
    signed_from_afar,
    signing_of,
    version_id,
)
from services.dispatch.domain.visit import Visit
from services.dispatch.store.copies import Assets, Contacts, Customers, Parts, Sites
from services.dispatch.store.reports import Reports
from services.dispatch.store.service_reports import ReportVersions, ServiceReports
from services.dispatch.store.technicians import Technicians
from services.dispatch.store.visits import Visits


@dataclass(frozen=True)
class FireServiceReport:
    """A report's timer: it is to be made, or nobody has signed it yet."""

    visit_id: str
    firm: str

    def loads(self) -> Loads:
        return (
            Ref(ServiceReports, self.visit_id),
            Ref(Visits, self.visit_id),
            Ref(Reports, self.visit_id),
        )

    def decide(self, unit: Unit) -> None:
        known = unit.get(ServiceReports, self.visit_id)
        visit, report = unit.get(Visits, self.visit_id), unit.get(Reports, self.visit_id)
        if known is None or known.due_at is None or known.due_at > unit.now:
            return
        if visit is None or report is None:
            return
        if known.wanted_at is not None:
            content = content_of(visit, report, self._names(unit, visit, report), unit.now)
            first = frozen(visit.id, 1, content, signing_of(report), MadeBecause.CLOSED, unit.now)
            _keep(unit, visit, report, known, first)
            return
        unit.save(ServiceReports, known.reminded())
        unit.save(Visits, visit, _reminder(visit, report, known))

    def _names(self, unit: Unit, visit: Visit, report: Report) -> Names:
        """As they are known here by now; an erased person or place is called by its id."""
        asked = visit.on_site_contact_id or visit.requester_id
        customer = unit.get(Customers, visit.customer_id)
        technician = unit.get(Technicians, report.technician_id)
        parts = {each.sku: unit.get(Parts, each.sku) for each in report.parts_used}
        return Names(
            firm=self.firm,
            customer=None if customer is None else customer.name,
            site=unit.get(Sites, visit.site_id),
            technician=None if technician is None else technician.name,
            contact=None if asked is None else unit.get(Contacts, asked),
            asset=None if visit.need.asset_id is None else unit.get(Assets, visit.need.asset_id),
            parts={sku: part.name for sku, part in parts.items() if part is not None},
        )


@dataclass(frozen=True)
class CorrectReport:
    """Another version, with other words. The version before stays as it is, and is named by its hash."""

    visit_id: str
    correction: Correction

    def loads(self) -> Loads:
        return _loads(self.visit_id)

    def decide(self, unit: Unit) -> str:
        visit, report, known, before = _present(unit, self.visit_id)
        _keep(unit, visit, report, known, corrected(before, self.correction, unit.now))
        return self.visit_id


@dataclass(frozen=True)
class SignReport:
    """The client signs the version that he has read, or refuses to; once."""

    visit_id: str
    version: int
    said: FromAfar
    address: str | None

    def loads(self) -> Loads:
        return _loads(self.visit_id)

    def decide(self, unit: Unit) -> None:
        visit, report, known, before = _present(unit, self.visit_id)
        if known.n != self.version:
            raise report_replaced(known.n)
        known.check_signable()
        from_there = replace(known, signed_from=self.address)
        _keep(unit, visit, report, from_there, signed_from_afar(before, self.said, unit.now))


@dataclass(frozen=True)
class OpenReport:
    """Somebody followed a link: it is noted."""

    visit_id: str
    opening: Opening

    def loads(self) -> Loads:
        return (Ref(ServiceReports, self.visit_id),)

    def decide(self, unit: Unit) -> None:
        known = unit.get(ServiceReports, self.visit_id)
        if known is not None:
            unit.save(ServiceReports, known.opened_by(self.opening))


def report_replaced(version: int) -> Refusal:
    return Refusal(
        "report-replaced",
        Text(
            f"Version {version} of this report has taken its place: follow the link in our last mail.",
            f"La version {version} de ce rapport l'a remplacé : suivez le lien de notre dernier message.",
        ),
        version=version,
    )


def _loads(visit_id: str) -> Loads:
    return (Ref(ServiceReports, visit_id), Ref(Visits, visit_id), Ref(Reports, visit_id))


def _present(unit: Unit, visit_id: str) -> tuple[Visit, Report, ServiceReport, ReportVersion]:
    visit, report = unit.get(Visits, visit_id), unit.get(Reports, visit_id)
    known = unit.get(ServiceReports, visit_id)
    before = None if known is None else unit.get(ReportVersions, version_id(visit_id, known.n))
    if visit is None or report is None or known is None or before is None:
        raise NotFound("report", visit_id)
    return visit, report, known, before


def _keep(unit: Unit, visit: Visit, report: Report, known: ServiceReport, version: ReportVersion) -> None:
    made = known.made(version)
    assert made.link_until is not None, "it has just been made"
    unit.add(ReportVersions, version)
    unit.save(ServiceReports, made)
    fact = ServiceReportMade(
        **visit.whom(),
        technician_id=report.technician_id,
        version=version.n,
        link_until=made.link_until,
        summary=visit.need.summary,
        digest=version.digest,
        signing=version.signing,
        because=version.because,
        outcome=report.outcome,
    )
    unit.save(Visits, replace(visit, report_version=version.n), fact)


def _reminder(visit: Visit, report: Report, known: ServiceReport) -> ServiceReportReminded:
    assert known.link_until is not None, "what was never made is not reminded of"
    return ServiceReportReminded(
        **visit.whom(),
        technician_id=report.technician_id,
        version=known.n,
        link_until=known.link_until,
        summary=visit.need.summary,
    )
