"""What a customer bought: for which sites, from when, and what is promised at each priority."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Channel, HoldReason, Priority, TicketKind
from services.ticket.domain.priority import SERVICENOW, Matrix, priorities_given_by


class MetBy(StrEnum):
    """The step that keeps a target's promise."""

    STARTED = "started"
    STARTED_ONSITE = "started-onsite"
    ARRIVED = "arrived"
    RESTORED = "restored"
    RESOLVED = "resolved"


class OnReopen(StrEnum):
    """Whether the stretch in which a target was met, and then was not any more, counts."""

    EXCLUDE = "exclude"
    COUNT = "count"


@dataclass(frozen=True)
class Target:
    """One promise: within open ``minutes``, or by a time of day some open ``days`` later.

    Either ``minutes`` is set or all of ``days``, ``by`` and ``cutoff`` (wall-clock times).
    ``calendar`` names one of the contract's; time on hold for a reason in ``stops_on`` is not counted.
    """

    name: str
    calendar: str
    stops_on: tuple[HoldReason, ...]
    met_by: MetBy
    minutes: int | None = None
    days: int | None = None
    by: str | None = None
    cutoff: str | None = None
    on_reopen: OnReopen = OnReopen.EXCLUDE


class AssetsCovered(StrEnum):
    """Whether work on any asset is in the contract, or only on those that name it as theirs."""

    ALL = "all"
    NAMED = "named"


@dataclass(frozen=True)
class CoverageTerms:
    """What work is in the contract: what is empty leaves nothing out.

    ``hours`` names one of the contract's calendars: what is declared while it is closed is out.
    ``warranty_first``: an incident of an asset under its manufacturer's warranty is his.
    ``out_needs_approval``: work that is out waits until the client has approved of a quote.
    """

    kinds: tuple[TicketKind, ...] = ()
    categories: tuple[str, ...] = ()
    excluded_categories: tuple[str, ...] = ()
    hours: str | None = None
    assets: AssetsCovered = AssetsCovered.ALL
    warranty_first: bool = False
    out_needs_approval: bool = False


@dataclass(frozen=True)
class Terms:
    """Everything that a contract says, as of one revision.

    ``sites`` is empty when all of the customer's are covered. ``calendars`` holds JSON forms that
    ``contracts.calendars.CalendarForm`` reads. ``valid_to`` is the last day; both are ISO dates.
    """

    name: str
    valid_from: str
    calendars: Mapping[str, Mapping[str, Any]]
    targets: Mapping[Priority, tuple[Target, ...]]
    valid_to: str | None = None
    sites: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = tuple(Channel)
    priority_matrix: Matrix = SERVICENOW
    penalties: Mapping[str, Any] | None = None
    billing: Mapping[str, Any] | None = None
    coverage: CoverageTerms | None = None

    @cached_property
    def calendars_written(self) -> Mapping[str, str]:
        """The calendars in JSON, equal forms alike: what is asked for each clock is written once."""
        return {name: json.dumps(form, sort_keys=True) for name, form in self.calendars.items()}


@dataclass(frozen=True)
class Version:
    """From which day a revision's terms apply, and what of them chooses a contract.

    ``applies_from`` is an ISO date at the site where the work is done; ``begins_at`` is when the first of
    the contract's sites has that day.
    """

    revision: int
    applies_from: str
    begins_at: datetime
    valid_from: str
    valid_to: str | None = None
    sites: tuple[str, ...] = ()

    def covers(self, site_id: str, day: str) -> bool:
        within = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return within and (not self.sites or site_id in self.sites)


@dataclass(frozen=True)
class Contract:
    """A contract as it is now; ``revision`` counts from 1 and names the terms a ticket began under.

    ``versions`` are in the order of their days, one a day. A contract that was written before they were
    kept has none: its terms have applied since it is valid.
    """

    id: str
    customer_id: str
    revision: int
    terms: Terms
    versions: tuple[Version, ...] = ()

    @property
    def dated(self) -> tuple[Version, ...]:
        """At least one version."""
        if self.versions:
            return self.versions
        terms = self.terms
        since = datetime.fromisoformat(terms.valid_from).replace(tzinfo=UTC)
        return (
            Version(self.revision, terms.valid_from, since, terms.valid_from, terms.valid_to, terms.sites),
        )

    def version_on(self, day: str) -> Version | None:
        """The version of a day of the site; none before the first one."""
        return next((each for each in reversed(self.dated) if each.applies_from <= day), None)

    def present(self, now: datetime) -> Version:
        """The version of the day that it is; the first one before it begins."""
        first, *_ = versions = self.dated
        return next((each for each in reversed(versions) if each.begins_at <= now), first)

    @property
    def begins_next(self) -> datetime | None:
        """When other terms become the present ones."""
        coming = (each.begins_at for n, each in enumerate(self.versions) if n > self._at_present)
        return next(coming, None)

    @property
    def _at_present(self) -> int:
        return max((n for n, each in enumerate(self.versions) if each.revision == self.revision), default=-1)


@dataclass(frozen=True)
class ContractRevision:
    """Terms as they once were, never changed; the id is ``<contract>:<revision>``.

    ``replaces`` is the revision whose terms would have applied from that day on. What was written before
    versions were dated has neither day nor author.
    """

    id: str
    contract_id: str
    customer_id: str
    revision: int
    terms: Terms
    applies_from: str | None = None
    replaces: int | None = None
    author: str | None = None
    recorded_at: datetime | None = None


def revision_id(contract_id: str, revision: int) -> str:
    return f"{contract_id}:{revision}"


def revision_of(contract: Contract) -> ContractRevision:
    """The contract's present terms."""
    return ContractRevision(
        revision_id(contract.id, contract.revision),
        contract.id,
        contract.customer_id,
        contract.revision,
        contract.terms,
    )


def check_terms(terms: Terms) -> None:
    """``Refusal`` naming the first thing in the terms that no clock could run on."""
    if terms.valid_to is not None and terms.valid_to < terms.valid_from:
        raise Refusal(
            "contract-ends-before-it-begins",
            Text(
                "valid_to is before valid_from: swap or correct them.",
                "valid_to précède valid_from : échangez-les ou corrigez-les.",
            ),
        )
    missing = [p.value for p in priorities_given_by(terms.priority_matrix) if not terms.targets.get(p)]
    if missing:
        raise Refusal(
            "priority-without-target",
            Text(
                f"The matrix can give {', '.join(missing)} but no target is there for it: add one.",
                f"La matrice peut donner {', '.join(missing)} sans objectif pour cela : ajoutez-en un.",
            ),
            priorities=missing,
        )
    defined = ", ".join(sorted(terms.calendars))
    hours = None if terms.coverage is None else terms.coverage.hours
    if hours is not None and hours not in terms.calendars:
        raise Refusal(
            "unknown-calendar",
            Text(
                f"coverage.hours is the calendar {hours!r}, which the contract does not define: it has "
                f"{defined or 'none'}.",
                f"coverage.hours est le calendrier {hours!r}, que le contrat ne définit pas : il a "
                f"{defined or 'aucun calendrier'}.",
            ),
            calendar=hours,
        )
    for priority, targets in terms.targets.items():
        names = [target.name for target in targets]
        if len(set(names)) < len(names):
            raise Refusal(
                "duplicate-target",
                Text(
                    f"{priority} names a target twice: {', '.join(names)}.",
                    f"{priority} nomme deux fois un objectif : {', '.join(names)}.",
                ),
            )
        for target in targets:
            if target.calendar not in terms.calendars:
                raise Refusal(
                    "unknown-calendar",
                    Text(
                        f"{priority} {target.name} counts on the calendar {target.calendar!r}, which the "
                        f"contract does not define: it has {defined or 'none'}.",
                        f"{priority} {target.name} compte sur le calendrier {target.calendar!r}, que le "
                        f"contrat ne définit pas : il a {defined or 'aucun calendrier'}.",
                    ),
                    calendar=target.calendar,
                )


def contract_for(contracts: Iterable[Contract], site_id: str, on: date) -> Contract | None:
    """The contract under which work at a site stands on a day of that site, by its version of that day.

    One that names the site beats a customer-wide one, then the latest ``valid_from`` wins, then
    the id (so that the answer never depends on the order of ``contracts``).
    """
    day = on.isoformat()
    dated = ((each, each.version_on(day)) for each in contracts)
    valid = [(each, then) for each, then in dated if then is not None and then.covers(site_id, day)]
    rank = ((bool(then.sites), then.valid_from, each.id, each) for each, then in valid)
    best = max(rank, key=lambda found: found[:3], default=None)
    return None if best is None else best[3]


def not_its_manager(subject: str) -> Refusal:
    """The refusal of a new contract that would not exist for the one who makes it."""
    return Refusal(
        "not-its-manager",
        Text(
            f"This contract would not name you: put {subject!r} among its managers.",
            f"Ce contrat ne vous nommerait pas : ajoutez {subject!r} à ses gestionnaires.",
        ),
        manager=subject,
    )
