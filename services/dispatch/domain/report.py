"""What a technician says when he is done; it may carry names and a signature, so it is in no event."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from contracts.checklists import ChecklistAnswer
from contracts.dispatch.events import ContactAttempt
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import SUMMARY_LENGTH, Answer, Outcome, PartUsed

UNBEGUN = frozenset(
    {Outcome.NO_ACCESS, Outcome.USER_ABSENT, Outcome.REFUSED, Outcome.UNSAFE, Outcome.OUT_OF_SCOPE}
)
"""Outcomes of a visit whose work need not have begun."""

IN_VAIN = frozenset({Outcome.NO_ACCESS, Outcome.USER_ABSENT})
"""Outcomes of a visit for which nobody was there to let the technician in."""


@dataclass(frozen=True)
class Signature:
    name: str
    svg: str
    role: str | None = None


@dataclass(frozen=True)
class Photo:
    """A picture of the work, small, as base64 of its JPEG or PNG; the SHA-256 of the whole one, if known."""

    thumbnail: str
    sha256: str | None = None


@dataclass(frozen=True)
class Report:
    """The service report of one visit; ``id`` is the visit's. ``started_at`` None: work could not begin."""

    id: str
    ticket_id: str
    customer_id: str
    technician_id: str
    outcome: Outcome
    ended_at: datetime
    started_at: datetime | None = None
    arrived_at: datetime | None = None
    work_done: str = ""
    cause: str | None = None
    article_id: str | None = None
    article_worked: bool | None = None
    parts_used: tuple[PartUsed, ...] = ()
    travel_minutes: int | None = None
    kilometres: float | None = None
    waiting_minutes: int | None = None
    answers: tuple[Answer, ...] = ()
    signature: Signature | None = None
    signature_refused: str | None = None
    contact_attempts: tuple[ContactAttempt, ...] = ()
    found: str = ""
    remaining: str = ""
    photos: tuple[Photo, ...] = ()
    checklist: tuple[ChecklistAnswer, ...] = ()
    companions: tuple[str, ...] = ()
    apprentices: tuple[str, ...] = ()

    @property
    def signed(self) -> bool:
        return self.signature is not None

    @property
    def gist(self) -> str | None:
        """As much of the work done as an event may tell, on one line."""
        words = " ".join(self.work_done.split())
        return (words if len(words) <= SUMMARY_LENGTH else f"{words[: SUMMARY_LENGTH - 1]}…") or None

    @property
    def digest(self) -> str:
        """SHA-256 in hexadecimal of the report's content in one canonical form."""
        content = asdict(self)
        if self.article_worked is None:
            del content["article_worked"]  # as in reports of before that could be said
        later = ("contact_attempts", "found", "remaining", "photos", "checklist", "companions", "apprentices")
        for name in later:
            if not content[name]:
                del content[name]
        return hashlib.sha256(json.dumps(content, default=_plain, sort_keys=True).encode()).hexdigest()

    def check_times(self) -> None:
        """Refuse an end before the start, and finished work that never began."""
        if self.started_at is None and self.outcome not in UNBEGUN:
            raise Refusal(
                "not-started",
                Text(
                    f"An intervention that ended as {self.outcome} needs its started_at.",
                    f"Une intervention terminée par {self.outcome} demande son started_at.",
                ),
            )
        if self.started_at is not None and self.ended_at < self.started_at:
            raise Refusal(
                "out-of-order",
                Text(
                    "The intervention would end before it starts: correct started_at or ended_at.",
                    "L'intervention finirait avant de commencer : corrigez started_at ou ended_at.",
                ),
            )


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.model_dump(mode="json")  # type: ignore[attr-defined]
