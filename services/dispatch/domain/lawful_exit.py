"""Ways out of a rest that the law knows, and the rest that is owed for them until it is given back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.calendars import Interval, subtract, total
from contracts.refusal import Refusal
from contracts.text import Text
from services.dispatch.domain.technician import OwedRest, Regime, Technician

COMPENSATORY_REST = "compensatory-rest"
"""The kind of the absence by which a rest is given back: nothing is planned over it."""


class Basis(StrEnum):
    """What makes work urgent enough to suspend a rest (D3131-1, L3132-4)."""

    RESCUE = "rescue"
    IMMINENT_ACCIDENT = "imminent-accident"
    REPAIR = "repair"


@dataclass(frozen=True)
class LawfulExit:
    """Why somebody may make a visit in the rest ``[rest_from_at, rest_to_at)``, and who answers for it.

    ``rule`` is the labour rule that it suspends. The rest is as it was when that was decided.
    """

    technician_id: str
    basis: Basis
    reason: str
    author: str
    rule: str
    rest_from_at: datetime
    rest_to_at: datetime


@dataclass(frozen=True)
class RestDebt:
    """Rest that somebody was not given, from when he set out until it would have been over (D3131-2).

    ``id`` is the visit's. ``elsewhere_minutes`` in between are another of his debts'. It is owed until
    ``given_from_at`` and ``given_to_at`` say when it is given back.
    """

    id: str
    technician_id: str
    rule: str
    basis: Basis
    reason: str
    author: str
    from_at: datetime
    to_at: datetime
    given_from_at: datetime | None = None
    given_to_at: datetime | None = None
    given_by: str | None = None
    absence_id: str | None = None
    elsewhere_minutes: int = 0

    @property
    def owed(self) -> timedelta:
        return self.to_at - self.from_at - timedelta(minutes=self.elsewhere_minutes)

    def given_back(
        self, rest: Interval, worked: Iterable[Interval], author: str, now: datetime
    ) -> "RestDebt":
        """Given back in ``rest``, which is to come and after the rest that was lost (D3131-2).

        ``worked`` is what he would work in it: only that is more rest than he has anyway, and it may not be
        shorter than what is owed.
        """
        if self.given_from_at is not None:
            raise Refusal(
                "rest-given-back-already",
                Text(
                    f"The rest owed for {self.id} is given back from {self.given_from_at.isoformat()}: "
                    "withdraw that absence first.",
                    f"Le repos dû pour {self.id} est rendu à partir du {self.given_from_at.isoformat()} : "
                    "retirez d'abord cette absence.",
                ),
                absence_id=self.absence_id,
            )
        earliest = max(now, self.to_at)
        if rest[0] < earliest:
            raise Refusal(
                "rest-not-to-come",
                Text(
                    f"The rest owed for {self.id} cannot be given back at {rest[0].isoformat()}, which is "
                    f"past or was owed anyway: give a `from` from {earliest.isoformat()} on (D3131-2).",
                    f"Le repos dû pour {self.id} ne peut pas être rendu le {rest[0].isoformat()}, déjà passé "
                    f"ou dû de toute façon : donnez un `from` à partir du {earliest.isoformat()} (D3131-2).",
                ),
                earliest=earliest.isoformat(),
            )
        given, owed = _minutes(total(worked)), _minutes(self.owed)
        if given < owed:
            raise Refusal(
                "rest-too-short",
                Text(
                    f"{owed} minutes are owed, and only {given} of that time would be worked: give a longer "
                    "stretch of his shifts (D3131-2).",
                    f"{owed} minutes sont dues, et seules {given} de cette période seraient travaillées : "
                    "donnez une plus longue période de ses horaires (D3131-2).",
                ),
                owed_minutes=owed,
                given_minutes=given,
            )
        return replace(self, given_from_at=rest[0], given_to_at=rest[1], given_by=author)

    def owed_again(self) -> "RestDebt":
        """He is at work then after all."""
        return replace(self, given_from_at=None, given_to_at=None, given_by=None, absence_id=None)


def lawful_exit(
    technician: Technician, rest: OwedRest, basis: Basis, reason: str, author: str, *, urgent: bool
) -> LawfulExit:
    """A way out of this rest; refused for work that is not urgent and for who is under age."""
    if technician.regime is Regime.MINOR:
        raise Refusal(
            "no-exit-for-minors",
            Text(
                f"{technician.id} is under age and no urgent work ends his rest: choose somebody else "
                "(L3164-1).",
                f"{technician.id} est mineur et aucun travail urgent ne suspend son repos : choisissez "
                "quelqu'un d'autre (L3164-1).",
            ),
            technician_id=technician.id,
        )
    if not urgent:
        raise Refusal(
            "not-urgent-work",
            Text(
                "Only urgent work (P1, P2) suspends a rest: choose a later start (D3131-1).",
                "Seuls des travaux urgents (P1, P2) suspendent un repos : choisissez un horaire plus tardif "
                "(D3131-1).",
            ),
        )
    return LawfulExit(technician.id, basis, reason, author, rest.rule, rest.from_at, rest.to_at)


def rest_lost(
    visit_id: str,
    way_out: LawfulExit,
    rest: OwedRest | None,
    set_out_at: datetime,
    others: Iterable[RestDebt],
) -> RestDebt | None:
    """What is owed once the visit was made, for the ``rest`` that it really fell into.

    What is owed for other visits in the same rest, his ``others``, is not owed twice. None: nothing is.
    """
    if rest is None:
        return None
    lost = (max(set_out_at, rest.from_at), rest.to_at)
    left = subtract([lost], [(each.from_at, each.to_at) for each in others if each.id != visit_id])
    if not left:
        return None
    since, until = left[0][0], left[-1][1]
    return RestDebt(
        visit_id,
        way_out.technician_id,
        rest.rule,
        way_out.basis,
        way_out.reason,
        way_out.author,
        since,
        until,
        elsewhere_minutes=_minutes(until - since - total(left)),
    )


def _minutes(time: timedelta) -> int:
    return int(time.total_seconds() // 60)
