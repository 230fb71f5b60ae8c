"""The on-call rota: who can be called when, outside shifts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.refusal import Refusal
from contracts.text import Text
from services.dispatch.domain.local_days import A_DAY, date_at, midnight
from services.dispatch.domain.technician import OnCall

SHORT_RESPONSE_MINUTES = 30
OFTEN = 3
A_WEEK = timedelta(days=7)
"""Who has to be there within so few minutes, or is called so often in a week, can hardly be said to rest:
his waiting may be work (CJEU C-344/19). The court gives no number; these warn well before its cases."""


@dataclass(frozen=True)
class Call:
    """One time that he was called out: from leaving until he was back."""

    visit_id: str
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True)
class RotaEntry:
    """One person on call from one instant to another, its end excluded.

    ``territory`` None: wherever he is needed. ``told_at`` is when this was entered as it is, which is
    the notice that he had. A withdrawn entry counts for nothing. ``respond_within_minutes`` is how soon he
    has to be there when he is called; ``calls`` are those that happened, in order. ``swapped``:
    two technicians agreed on it, and the notice does not hold for who asked for a swap.
    """

    id: str
    technician_id: str
    from_at: datetime
    to_at: datetime
    territory: str | None = None
    told_at: datetime | None = None
    withdrawn: bool = False
    respond_within_minutes: int | None = None
    calls: tuple[Call, ...] = ()
    swapped: bool = False

    def check(self) -> None:
        """Refuse a period that is none."""
        if self.to_at <= self.from_at:
            raise Refusal(
                "on-call-ends-before-it-starts",
                Text("Give a `to` that is later than `from`.", "Donnez un `to` postérieur à `from`."),
            )

    def replaced_by(self, wanted: "RotaEntry", now: datetime) -> "RotaEntry":
        """As ``wanted`` has it, told now. Of what has begun only the end may move, and not into the past.

        Who waited has waited, and was called: that stays his. The notice of what began is the one he had.
        """
        calls = self.calls if wanted.technician_id == self.technician_id else ()
        if not self._has_begun(now):
            return replace(wanted, told_at=now, calls=calls)
        ends = wanted.to_at != self.to_at
        if (wanted.technician_id, wanted.from_at) != (self.technician_id, self.from_at):
            raise self._begun()
        if ends and min(self.to_at, wanted.to_at) < now.replace(second=0, microsecond=0):
            raise self._begun()
        told_at = now if wanted.to_at > self.to_at else self.told_at
        return replace(wanted, told_at=told_at, calls=calls, swapped=self.swapped)

    def withdrawn_by(self, now: datetime) -> "RotaEntry":
        """Withdrawn, unless it has begun."""
        if self._has_begun(now):
            raise self._begun()
        return replace(self, withdrawn=True)

    def _has_begun(self, now: datetime) -> bool:
        return not self.withdrawn and self.from_at <= now

    def _begun(self) -> Refusal:
        return Refusal(
            "rota-entry-begun",
            Text(
                f"{self.technician_id} is on call by {self.id} since {self.from_at.isoformat()}: give it a "
                "`to` that is not past, and another an entry of his own from then on.",
                f"{self.technician_id} est d'astreinte par {self.id} depuis le {self.from_at.isoformat()} : "
                "donnez-lui un `to` qui n'est pas passé, et à un autre sa propre période à partir de là.",
            ),
            technician_id=self.technician_id,
            from_at=self.from_at.isoformat(),
        )

    def handed_to(self, technician_id: str, at: datetime, *, agreed: bool) -> "RotaEntry":
        """The same period, another's. ``agreed``: by both of them, so that no notice is missed."""
        return replace(self, technician_id=technician_id, told_at=at, swapped=agreed)

    @property
    def period(self) -> OnCall:
        return OnCall(self.id, self.from_at, self.to_at, self.territory)

    def called(self, call: Call) -> "RotaEntry":
        """With this call, instead of an earlier account of the same visit."""
        others = [each for each in self.calls if each.visit_id != call.visit_id]
        return replace(self, calls=tuple(sorted((*others, call), key=lambda each: each.from_at)))

    @property
    def responds_fast(self) -> bool:
        within = self.respond_within_minutes
        return within is not None and within <= SHORT_RESPONSE_MINUTES

    @property
    def most_calls(self) -> int:
        """The most calls that began in any seven days of this period."""
        starts = [each.from_at for each in self.calls]
        return max((sum(at <= other < at + A_WEEK for other in starts) for at in starts), default=0)

    @property
    def called_often(self) -> bool:
        return self.most_calls >= OFTEN

    def told_late(self, notice: timedelta) -> bool:
        """Whether he was told less than ``notice`` before (rule ``notice``, L3121-12)."""
        return not self.swapped and self.told_at is not None and self.from_at - self.told_at < notice

    def told_without_a_clear_day(self, time_zone: str) -> bool:
        """Whether not one whole day lies in between, which is the least in exceptional cases."""
        if self.told_at is None:
            return False
        return self.from_at < midnight(date_at(self.told_at, time_zone) + 2 * A_DAY, time_zone)
