"""When messages that can wait are sent, and by what: a firm's choice."""

from dataclasses import dataclass
from datetime import time, timedelta


@dataclass(frozen=True)
class Timing:
    """``plan_rests`` is how long a plan has to stand before it is told; ``digest_at`` the hour of the daily
    mail, in France; ``sms``, ``push`` and ``voice`` whether the firm has these channels at all."""

    plan_rests: timedelta = timedelta(seconds=30)
    digest_at: time = time(8)
    sms: bool = False
    push: bool = False
    voice: bool = False

    @property
    def plan_rests_at_most(self) -> timedelta:
        """From the first of the messages that replaced each other: a plan that never rests is told too."""
        return 4 * self.plan_rests


USUAL = Timing()
