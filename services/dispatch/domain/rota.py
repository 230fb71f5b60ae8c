"""The on-call rota: who can be called when, outside shifts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.refusal import Refusal
from contracts.text import Text
from services.dispatch.domain.local_days import A_DAY, date_at, midnight
from services.dispatch.domain.technician import OnCall


@dataclass(frozen=True)
class RotaEntry:
    """One person on call from one instant to another, its end excluded.

    ``territory`` None: wherever he is needed. ``told_at`` is when this was entered as it is, which is
    the notice that he had. A withdrawn entry counts for nothing.
    """

    id: str
    technician_id: str
    from_at: datetime
    to_at: datetime
    territory: str | None = None
    told_at: datetime | None = None
    withdrawn: bool = False

    def check(self) -> None:
        """Refuse a period that is none."""
        if self.to_at <= self.from_at:
            raise Refusal(
                "on-call-ends-before-it-starts",
                Text("Give a `to` that is later than `from`.", "Donnez un `to` postérieur à `from`."),
            )

    @property
    def period(self) -> OnCall:
        return OnCall(self.id, self.from_at, self.to_at, self.territory)

    def told_late(self, notice: timedelta) -> bool:
        """Whether he was told less than ``notice`` before (rule ``notice``, L3121-12)."""
        return self.told_at is not None and self.from_at - self.told_at < notice

    def told_without_a_clear_day(self, time_zone: str) -> bool:
        """Whether not one whole day lies in between, which is the least in exceptional cases."""
        if self.told_at is None:
            return False
        return self.from_at < midnight(date_at(self.told_at, time_zone) + 2 * A_DAY, time_zone)
