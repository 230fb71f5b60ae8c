"""Whether work is in the contract, out of it or under warranty: decided at the opening, for each site."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import cast
from zoneinfo import ZoneInfo

from contracts.calendars import HolidayCode
from contracts.inventory.states import CurrentAssetChanged, SiteChanged
from contracts.values import Coverage, TicketKind
from services.ticket.domain.contract import AssetsCovered, ContractRevision
from services.ticket.domain.sla import cover_of


class Because(StrEnum):
    """Why it is so."""

    COVERED = "covered"
    NO_CONTRACT = "no-contract"
    KIND = "kind-not-covered"
    CATEGORY = "category-not-covered"
    HOURS = "outside-hours"
    ASSET = "asset-not-covered"
    NO_ASSET = "no-asset-named"
    WARRANTY = "under-warranty"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class SiteCoverage:
    """As decided at the opening; ``until`` is the last day of the warranty, an ISO date."""

    site_id: str
    coverage: Coverage
    because: Because
    contract_id: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class CoverageCorrection:
    """Somebody judged otherwise later; the reason is what he wrote. ``since``: only of work from then on."""

    site_ids: tuple[str, ...]
    coverage: Coverage
    reason: str
    author: str
    at: datetime
    since: datetime | None = None


@dataclass(frozen=True)
class TicketCoverage:
    """``sites`` never change; ``corrections`` are in the order in which they were made.

    At ``unapproved`` sites nothing is done before the client has approved of what it costs; since
    ``quoted_at`` he has approved of a quote.
    """

    sites: tuple[SiteCoverage, ...]
    corrections: tuple[CoverageCorrection, ...] = ()
    unapproved: tuple[str, ...] = ()
    quoted_at: datetime | None = None

    def corrected_at(self, site_id: str, began_at: datetime | None = None) -> CoverageCorrection | None:
        """The correction that holds there, of work that ``began_at`` (now, if absent)."""
        for each in reversed(self.corrections):
            before = each.since is not None and began_at is not None and began_at < each.since
            if site_id in each.site_ids and not before:
                return each
        return None

    def at(self, site_id: str, began_at: datetime | None = None) -> Coverage | None:
        """What holds there, of work that ``began_at`` (now, if absent); None where nothing is known."""
        if (correction := self.corrected_at(site_id, began_at)) is not None:
            return correction.coverage
        return next((each.coverage for each in self.sites if each.site_id == site_id), None)

    def corrected(self, correction: CoverageCorrection) -> "TicketCoverage":
        return replace(self, corrections=(*self.corrections, correction))

    def approved(self, sites: Iterable[str]) -> "TicketCoverage":
        """Nothing waits for approval there any more."""
        done = set(sites)
        return replace(self, unapproved=tuple(site for site in self.unapproved if site not in done))


@dataclass(frozen=True)
class Asked:
    """What of a request decides whether it is covered."""

    kind: TicketKind
    category: str
    declared_at: datetime
    asset: CurrentAssetChanged | None = None


def coverage_of(
    stands: Iterable[tuple[SiteChanged, ContractRevision | None]],
    asked: Asked,
    *,
    approval_without_contract: bool = False,
) -> TicketCoverage:
    """Who pays at each site, and where the client has to approve first.

    ``approval_without_contract`` is the firm's own rule for work that no contract speaks of.
    """
    decided = [(_decided(site, agreed, asked), agreed) for site, agreed in stands]
    return TicketCoverage(
        tuple(each for each, _ in decided),
        unapproved=tuple(_unapproved(decided, approval_without_contract)),
    )


def _unapproved(
    decided: Iterable[tuple[SiteCoverage, ContractRevision | None]], without_contract: bool
) -> Iterator[str]:
    for each, agreed in decided:
        terms = None if agreed is None else agreed.terms.coverage
        asks = without_contract if agreed is None else terms is not None and terms.out_needs_approval
        if asks and each.coverage is Coverage.OUT:
            yield each.site_id


def _decided(site: SiteChanged, agreed: ContractRevision | None, asked: Asked) -> SiteCoverage:
    if agreed is None:
        return SiteCoverage(site.site_id, Coverage.OUT, Because.NO_CONTRACT)
    asset = asked.asset if asked.asset is not None and asked.asset.site_id == site.site_id else None
    if _under_warranty(agreed, asset, site, asked):
        assert asset is not None, "a warranty is an asset's"
        until = None if asset.warranty_until is None else asset.warranty_until.isoformat()
        return SiteCoverage(
            site.site_id, Coverage.WARRANTY, Because.WARRANTY, agreed.contract_id, until=until
        )
    because = _left_out(agreed, asset, site, asked)
    coverage = Coverage.IN if because is Because.COVERED else Coverage.OUT
    return SiteCoverage(site.site_id, coverage, because, agreed.contract_id)


def _under_warranty(
    agreed: ContractRevision, asset: CurrentAssetChanged | None, site: SiteChanged, asked: Asked
) -> bool:
    terms = agreed.terms.coverage
    if terms is None or not terms.warranty_first or asked.kind is not TicketKind.INCIDENT:
        return False
    day: date = asked.declared_at.astimezone(ZoneInfo(site.time_zone)).date()
    return asset is not None and asset.warranty_until is not None and day <= asset.warranty_until


def _left_out(
    agreed: ContractRevision, asset: CurrentAssetChanged | None, site: SiteChanged, asked: Asked
) -> Because:
    terms = agreed.terms.coverage
    if terms is None:
        return Because.COVERED
    if terms.kinds and asked.kind not in terms.kinds:
        return Because.KIND
    if asked.category in terms.excluded_categories or (
        terms.categories and asked.category not in terms.categories
    ):
        return Because.CATEGORY
    if terms.assets is AssetsCovered.NAMED and (asset is None or asset.contract_id != agreed.contract_id):
        return Because.NO_ASSET if asset is None else Because.ASSET
    if terms.hours is not None and not _open(agreed, site, terms.hours, asked.declared_at):
        return Because.HOURS
    return Because.COVERED


def _open(agreed: ContractRevision, site: SiteChanged, calendar: str, at: datetime) -> bool:
    here = cover_of(
        agreed,
        site.site_id,
        time_zone=site.time_zone,
        holidays=cast(HolidayCode, site.holidays),
        good_friday=site.good_friday,
    )
    return here.calendars[calendar].is_open(at)
