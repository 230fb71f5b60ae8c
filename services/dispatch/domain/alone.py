"""Somebody who works out of everybody's sight: what is known of him is when he was last heard of."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.dispatch.events import SilenceTold

SIGN_MINUTES = 30
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 120
"""How often he says that he is well, unless said otherwise, and what may be said."""
GRACE = timedelta(minutes=5)
"""From his telephone's asking to an SMS, and from that to the dispatcher."""


@dataclass(frozen=True)
class Alone:
    """``last_sign_at`` is when he last gave one, by his telephone; ``told``: who was last asked about him.

    ``due_at`` is when the next one is asked; None once the dispatcher is.
    """

    since_at: datetime
    every_minutes: int
    last_sign_at: datetime
    due_at: datetime | None
    told: SilenceTold | None = None

    @staticmethod
    def begun(at: datetime, now: datetime, every_minutes: int) -> "Alone":
        """He is alone there since ``at``, of which we learn ``now``."""
        return Alone(at, every_minutes, at, None).heard(at, now)

    @property
    def sign_due_at(self) -> datetime:
        """By when he is to say that he is well."""
        return self.last_sign_at + timedelta(minutes=self.every_minutes)

    @property
    def alarmed(self) -> bool:
        return self.told is SilenceTold.DISPATCHER

    def heard(self, at: datetime, now: datetime) -> "Alone":
        """A sign that he gave ``at`` and that comes ``now``.

        A telephone that was without a network tells one thing after the other: nobody is alarmed by the first
        of them before the last can have come. One that is too old to say anything ends no alarm.
        """
        known = replace(self, last_sign_at=max(at, self.last_sign_at))
        if self.told is not None and known.sign_due_at <= now:
            return known
        return replace(known, due_at=max(known.sign_due_at, now) + GRACE, told=None)

    def at_rhythm(self, every_minutes: int, now: datetime) -> "Alone":
        """Asked more or less often from now on; who is asked about already is so still."""
        changed = replace(self, every_minutes=every_minutes)
        if self.told is not None:
            return changed
        return replace(changed, due_at=max(changed.sign_due_at, now) + GRACE)

    def unheard(self, now: datetime) -> "Alone":
        """Nothing came in time: he is asked by SMS, then the dispatcher is."""
        if self.told is None:
            return replace(self, told=SilenceTold.TECHNICIAN, due_at=now + GRACE)
        return replace(self, told=SilenceTold.DISPATCHER, due_at=None)
