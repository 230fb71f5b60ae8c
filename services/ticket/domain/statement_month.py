"""A month's way from provisional to frozen: who contests what, and each version that stands.

A month is provisional until its contesting is over and nothing contested waits for an answer. Freezing it
fixes what is known; what is learned afterwards makes a new version that says what changed, and never
touches the one before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from contracts.refusal import NotFound, Refusal
from contracts.text import Text
from services.ticket.domain.commitment import Month

USUAL_DAYS = 15


@dataclass(frozen=True)
class Contested:
    """What is said to be wrong: the whole month, a ticket, or one of its commitments."""

    text: str
    ticket_id: str | None = None
    site_id: str | None = None
    target: str | None = None


@dataclass(frozen=True)
class Answered:
    accepted: bool
    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Contest:
    n: int
    what: Contested
    by: str
    at: datetime
    answered: Answered | None = None


@dataclass(frozen=True)
class Change:
    """What a version says otherwise than the one before; none where there it is absent."""

    what: str
    before: str | None
    after: str | None
    commitment: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Version:
    """The ``n``-th that was frozen. ``agreed_by``: the customer's, who let it be frozen early."""

    n: int
    as_of: datetime
    frozen_at: datetime
    by: str
    digest: str
    agreed_by: str | None = None
    reason: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class StatementMonth:
    """The id is ``<contract>:<YYYY-MM>``."""

    id: str
    contract_id: str
    customer_id: str
    month: str
    contests: tuple[Contest, ...] = ()
    versions: tuple[Version, ...] = ()

    @property
    def frozen(self) -> Version | None:
        """The version that stands."""
        return self.versions[-1] if self.versions else None

    @property
    def open_contests(self) -> tuple[Contest, ...]:
        return tuple(each for each in self.contests if each.answered is None)

    def contested(self, what: Contested, by: str, at: datetime, until: date) -> "StatementMonth":
        if self.frozen is not None or at.date() > until:
            raise _too_late(self.month, until)
        contest = Contest(len(self.contests) + 1, what, by, at)
        return replace(self, contests=(*self.contests, contest))

    def answered(self, n: int, answer: Answered) -> "StatementMonth":
        """Whoever accepts corrects the ticket as well: this only says so."""
        contest = next((each for each in self.contests if each.n == n), None)
        if contest is None:
            raise NotFound("contest", f"{self.id}:{n}")
        if contest.answered is not None:
            raise Refusal(
                "contest-answered",
                Text(
                    f"{contest.answered.by} has answered this already: contest again what is still wrong.",
                    f"{contest.answered.by} y a déjà répondu : contestez à nouveau ce qui reste faux.",
                ),
            )
        told = replace(contest, answered=answer)
        return replace(self, contests=tuple(told if each is contest else each for each in self.contests))

    def check_freezing(self, at: datetime, until: date, agreed_by: str | None) -> None:
        """``Refusal`` where the month cannot be frozen yet, or is."""
        if self.frozen is not None:
            raise Refusal(
                "statement-frozen",
                Text(
                    f"{self.month} is frozen: POST .../correct makes a version of what is known since.",
                    f"{self.month} est figé : POST .../correct fait une version de ce qui est su depuis.",
                ),
                version=self.frozen.n,
            )
        if self.open_contests:
            numbers = [each.n for each in self.open_contests]
            raise Refusal(
                "contests-open",
                Text(
                    f"Contested and not answered: {_listed(numbers)}. Answer each first.",
                    f"Contestations sans réponse : {_listed(numbers)}. Répondez d'abord à chacune.",
                ),
                contests=numbers,
            )
        if agreed_by is None and at.date() <= until:
            raise Refusal(
                "still-contestable",
                Text(
                    f"{self.month} may be contested until {until}: wait, or say in `agreed_by` who of the "
                    "customer's agreed.",
                    f"{self.month} peut être contesté jusqu'au {until} : attendez, ou dites dans `agreed_by` "
                    "qui du client a donné son accord.",
                ),
                until=until.isoformat(),
            )

    def check_correcting(self, replaces: int, changes: tuple[Change, ...]) -> None:
        """``Refusal`` where version ``replaces`` does not stand, or nothing differs from it."""
        if self.frozen is None:
            raise not_frozen(self.month)
        if self.frozen.n != replaces:
            raise Refusal(
                "statement-overtaken",
                Text(
                    f"Somebody made version {self.frozen.n} meanwhile: look at it, and correct that one.",
                    f"Quelqu'un a fait la version {self.frozen.n} entre-temps : voyez-la et corrigez-la.",
                ),
                version=self.frozen.n,
            )
        if not changes:
            raise Refusal(
                "nothing-to-correct",
                Text(
                    f"Version {replaces} says all that is known of {self.month}: correct a ticket first.",
                    f"La version {replaces} dit tout ce qui est su de {self.month} : corrigez un ticket.",
                ),
                version=replaces,
            )

    def with_version(self, version: Version) -> "StatementMonth":
        return replace(self, versions=(*self.versions, version))


@dataclass(frozen=True)
class FrozenContent:
    """What a version says, as it was written then (gzip); the id is ``<contract>:<YYYY-MM>:<n>``."""

    id: str
    contract_id: str
    customer_id: str
    packed: bytes


def contestable_until(month: Month, days: int) -> date:
    """The last day on which a month may be contested."""
    return month.last_day + timedelta(days=days)


def month_id(contract_id: str, month: Month) -> str:
    return f"{contract_id}:{month}"


Place = tuple[str, str, str]


def changes_between(
    before: Mapping[Place, str], after: Mapping[Place, str], totals: Mapping[str, tuple[str, str]]
) -> tuple[Change, ...]:
    """What differs, the totals first. Commitments are given with what is said of each."""
    changed = [Change(what, *pair) for what, pair in totals.items() if pair[0] != pair[1]]
    for place in sorted(before.keys() | after.keys()):
        if before.get(place) != after.get(place):
            changed.append(Change("commitment", before.get(place), after.get(place), place))
    return tuple(changed)


def not_frozen(month: str) -> Refusal:
    return Refusal(
        "statement-provisional",
        Text(
            f"{month} is not frozen: it shows whatever is known, and needs no correction.",
            f"{month} n'est pas figé : il montre ce qui est su, sans correction.",
        ),
    )


def _too_late(month: str, until: date) -> Refusal:
    return Refusal(
        "contesting-over",
        Text(
            f"{month} could be contested until {until}: ask the contract's manager for a correction.",
            f"{month} pouvait être contesté jusqu'au {until} : demandez une correction au gestionnaire.",
        ),
        until=until.isoformat(),
    )


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
