"""Visits of one request of which some come after others."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Outcome, VisitState
from services.dispatch.domain.need import local_text
from services.dispatch.domain.plan import OPEN
from services.dispatch.domain.visit import Visit

OVERDUE = timedelta(minutes=15)
"""What should be over by now is taken to need this much longer."""


DONE = (None, Outcome.FIXED, Outcome.WORKAROUND)
"""What has come of a visit after which others may begin; None was stored before outcomes were."""


@dataclass(frozen=True)
class Turn:
    """A visit may begin at ``from_at``, when all that comes before it is over as planned; None: at any time.

    Visits that it comes after and that have no time yet are in ``waits_for``: until then it has none either.
    Those in ``undone`` are over but not done, and nothing goes on with them yet: the machine waits for that,
    a dispatcher need not.
    """

    from_at: datetime | None = None
    waits_for: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()

    @property
    def waits(self) -> tuple[str, ...]:
        """All that the machine waits for."""
        return (*self.waits_for, *self.undone)

    def allows(self, start: datetime) -> bool:
        """Whether it may be made then where a person wants so."""
        return not self.waits_for and (self.from_at is None or self.from_at <= start)


ANY = Turn()


def turn_of(visit: Visit, request: Collection[Visit], now: datetime) -> Turn:
    """When it is the visit's turn; ``request`` are its ticket's, some that are over may be missing.

    Whatever goes on with the work of one that it comes after has to be over, too. What has not been asked
    for (it is tried from the desk, or waits for the client's approval) is not known here, nor waited for.
    """
    if not visit.need.after:
        return ANY
    ahead = ahead_of(visit, request)
    waits = {each.id for each in ahead if each.state in OPEN and each.plan is None}
    gone_on_with = {each.need.follows for each in ahead}
    undone = {each.id for each in ahead if is_undone(each)} - gone_on_with
    ends = [each.plan.end_at for each in ahead if each.state in OPEN and each.plan is not None]
    from_at = max((end if end > now else now + OVERDUE for end in ends), default=None)
    return Turn(from_at, tuple(sorted(waits)), tuple(sorted(undone)))


def is_undone(visit: Visit) -> bool:
    """Whether it is over and its work is not done."""
    return visit.state is VisitState.CLOSED and visit.outcome not in DONE


def ahead_of(visit: Visit, request: Collection[Visit]) -> list[Visit]:
    """Those of the request that the visit comes after, over or not."""
    ids = set(visit.need.after)
    while more := {each.id for each in request if each.need.follows in ids} - ids - {visit.id}:
        ids |= more
    return [each for each in request if each.id in ids]


def not_its_turn(visit: Visit, turn: Turn) -> Refusal:
    """Another visit of the request has to be over first."""
    if turn.waits_for or turn.from_at is None:
        first = ", ".join(turn.waits_for)
        text = Text(
            f"Visit {first} comes before this one and is not planned yet: plan it first.",
            f"La visite {first} passe avant celle-ci et n'est pas encore planifiée : planifiez-la d'abord.",
        )
        return Refusal("not-its-turn", text, waits_for=list(turn.waits_for))
    until = local_text(turn.from_at, visit.place.time_zone)
    text = Text(
        f"A visit that comes before this one ends at {until}: give a later start, or move that one first.",
        f"Une visite qui passe avant celle-ci finit le {until} : donnez un horaire plus tardif, ou déplacez "
        "d'abord l'autre.",
    )
    return Refusal("not-its-turn", text, waits_for=[])
