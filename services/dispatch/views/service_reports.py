"""Service reports as the API shows them."""

from datetime import datetime

from pydantic import BaseModel

from contracts.dispatch.reports import MadeBecause, Signing
from infra.chassis.http.principal import Principal
from services.dispatch.domain.service_report import ReportVersion, ServiceReport


class ReportVersionView(BaseModel):
    """``digest`` is the SHA-256 in hexadecimal of what ``report.json`` gives, byte for byte."""

    version: int
    digest: str
    signing: Signing
    because: MadeBecause
    made_at: datetime


class OpeningView(BaseModel):
    """``contact_id``: to whom the link was sent; ``address``: the network it was followed from, cut short."""

    at: datetime
    contact_id: str
    version: int
    what: str
    address: str | None


class ServiceReportView(BaseModel):
    """``version`` is the one that holds. ``signed_from`` and ``openings`` (the last ones; ``opened`` counts
    all) are the firm's own business: null for a customer."""

    visit_id: str
    version: int
    signing: Signing
    link_until: datetime | None
    versions: tuple[ReportVersionView, ...]
    signed_from: str | None = None
    opened: int | None = None
    openings: tuple[OpeningView, ...] | None = None


class LinkedReportView(BaseModel):
    """What somebody sees who follows a link: ``content`` is what the digest is over, as it is printed."""

    number: str
    version: int
    digest: str
    signing: Signing
    content: dict[str, object]


def service_report_view(
    known: ServiceReport, versions: tuple[ReportVersion, ...], principal: Principal
) -> ServiceReportView:
    view = ServiceReportView(
        visit_id=known.id,
        version=known.n,
        signing=known.signing,
        link_until=known.link_until,
        versions=tuple(
            ReportVersionView(
                version=each.n,
                digest=each.digest,
                signing=each.signing,
                because=each.because,
                made_at=each.made_at,
            )
            for each in versions
        ),
    )
    if principal.of_the_firm:
        view.signed_from, view.opened = known.signed_from, known.opened
        view.openings = tuple(
            OpeningView(
                at=each.at,
                contact_id=each.contact_id,
                version=each.version,
                what=each.what,
                address=each.address,
            )
            for each in known.openings
        )
    return view
