"""Facts of major incidents, on ``ticket.major-incidents.v1``, keyed by the major incident."""

from typing import ClassVar

from contracts.envelope import Fact
from contracts.ticket.events import Wording
from contracts.values import Id, Instant, Minutes


class MajorIncidentFact(Fact):
    """``lead`` is the subject of who runs it; every ``update_minutes`` those affected are told something."""

    major_id: Id
    title: Wording
    lead: str
    update_minutes: Minutes


class MajorIncidentDeclared(MajorIncidentFact):
    """Somebody is in charge of a fault that concerns many; the first update is due at ``update_due_at``."""

    TYPE: ClassVar[str] = "major-incident-declared"

    update_due_at: Instant


class MajorUpdateDue(MajorIncidentFact):
    """Nobody has told those affected anything by ``due_at``; it is the ``missed``-th time in a row."""

    TYPE: ClassVar[str] = "major-update-due"

    due_at: Instant
    missed: int
