"""What a customer bought: for which sites, from when, and what is promised at each priority."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Channel, HoldReason, Priority
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


@dataclass(frozen=True)
class Contract:
    """A contract as it is now; ``revision`` counts from 1 and names the terms a ticket began under."""

    id: str
    customer_id: str
    revision: int
    terms: Terms

    def revised(self, terms: Terms) -> "Contract":
        """The contract under new terms; the same one when they do not differ."""
        if terms == self.terms:
            return self
        return Contract(self.id, self.customer_id, self.revision + 1, terms)


@dataclass(frozen=True)
class ContractRevision:
    """Terms as they once were, never changed; the id is ``<contract>:<revision>``.

    ``since`` is when they were written down; none in revisions from before that was kept.
    """

    id: str
    contract_id: str
    customer_id: str
    revision: int
    terms: Terms
    since: datetime | None = None


def revision_of(contract: Contract, since: datetime | None = None) -> ContractRevision:
    """The record to keep of the contract's present terms."""
    return ContractRevision(
        f"{contract.id}:{contract.revision}",
        contract.id,
        contract.customer_id,
        contract.revision,
        contract.terms,
        since,
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
    """The contract under which work at a site stands on a day of that site.

    One that names the site beats a customer-wide one, then the latest ``valid_from`` wins, then
    the id (so that the answer never depends on the order of ``contracts``).
    """
    day = on.isoformat()
    valid = [
        each
        for each in contracts
        if each.terms.valid_from <= day
        and (each.terms.valid_to is None or day <= each.terms.valid_to)
        and (not each.terms.sites or site_id in each.terms.sites)
    ]
    return max(valid, key=lambda c: (bool(c.terms.sites), c.terms.valid_from, c.id), default=None)


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
