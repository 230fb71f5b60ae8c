"""How technicians live their visits."""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from contracts.values import rfc3339
from infra.sample.calls import Json
from infra.sample.repairs import USED
from infra.sample.script import Line
from infra.sample.trade import Work

Answer = Literal["acknowledge", "decline", "silence"]

_DECLINING = "Mon véhicule est immobilisé, je ne peux pas y aller."
_CAUSES = {"part-dead": "La pièce neuve est défectueuse.", "workaround": "Sauvegarde de la nuit incomplète."}
_UNBEGUN = ("no-access", "user-absent")
STUCK = 0.08
"""How often somebody leaves too late, or stands still on the road."""
_SIGNATURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">'
    '<path d="M5 30 C 30 5, 40 35, 60 18 S 100 10, 115 26" fill="none" stroke="black"/></svg>'
)


@dataclass(frozen=True)
class Lived:
    """What one technician does of one visit.

    He answers ``answer_seconds`` after he was told (never, when silent), leaves ``late_minutes``
    after the planned departure, needs ``travel_factor`` of the planned travel, waits, works.
    ``offline``: what he does there is known only once he has a network again.
    """

    answer: Answer
    answer_seconds: int
    reason: str | None
    late_minutes: int
    travel_factor: float
    waiting_minutes: int
    work_minutes: int
    outcome: str
    work_done: str
    cause: str | None
    article_id: str | None
    parts_used: tuple[Json, ...]
    offline: bool = False

    @property
    def begins(self) -> bool:
        """Whether the work can begin; otherwise the visit is closed on arrival, without a start."""
        return self.outcome not in _UNBEGUN

    def closing(
        self,
        *,
        started_at: datetime | None,
        ended_at: datetime,
        travel_minutes: int,
        kilometres: float,
        signer: str,
    ) -> Json:
        """The body of ``POST /v1/visits/{id}/close``."""
        body: dict[str, object] = {
            "outcome": self.outcome,
            "ended_at": rfc3339(ended_at),
            "work_done": self.work_done,
            "travel_minutes": travel_minutes,
            "kilometres": round(kilometres, 1),
            "waiting_minutes": self.waiting_minutes,
        }
        if self.cause is not None:
            body["cause"] = self.cause
        if self.article_id is not None:
            body["article_id"] = self.article_id
        if self.begins and started_at is not None:
            body["started_at"] = rfc3339(started_at)
            body["parts_used"] = list(self.parts_used)
            body["signature"] = {"name": signer, "role": "Référent informatique", "svg": _SIGNATURE}
        else:
            body["signature_refused"] = {"reason": "Personne sur place pour signer."}
        return body


def lived(line: Line, work: Work, chance: random.Random, *, asked: int, follow_up: bool) -> Lived:
    """Draw it. Only the first technician asked and the first visit follow the script."""
    answer = line.answer if asked == 0 and not follow_up else "acknowledge"
    outcome = "fixed" if follow_up else line.outcome
    begun = outcome not in _UNBEGUN
    # Now and then a part is not needed after all: it goes back to what is available.
    fitted = begun and (outcome == "part-dead" or chance.random() < 0.85)
    return Lived(
        answer=cast(Answer, answer),
        answer_seconds=chance.randrange(15, 120),
        reason=_DECLINING if answer == "decline" else None,
        late_minutes=35 if chance.random() < STUCK else chance.choice((0, 0, 0, 2, 5)),
        travel_factor=round(chance.uniform(0.9, 1.2), 2),
        waiting_minutes=chance.choice((0, 0, 1, 3, 5)),
        work_minutes=max(10, round(work.minutes * chance.uniform(0.7, 1.15))) if begun else 5,
        outcome=outcome,
        work_done=work.remedy if begun else "Porte close, message laissé.",
        cause=_CAUSES.get(outcome),
        article_id=USED.get(work.id) if begun else None,
        parts_used=tuple({"sku": sku, "quantity": n} for sku, n in work.needs.items()) if fitted else (),
        offline=line.offline and asked == 0 and not follow_up,
    )
