"""How many requests a caller may send."""

import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from contracts.text import Text
from infra.chassis.http.problems import Problem


@dataclass(frozen=True, slots=True)
class Spent:
    """What a caller has left: requests, and seconds until the window has moved on."""

    remaining: int
    reset_seconds: int


class RateLimit:
    """At most ``per_minute`` requests a caller in any minute, counted in this process.

    The window slides over two counters, so that a caller costs the same memory at any rate.
    """

    def __init__(self, per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(per_minute)
        self.policy = f'"default";q={per_minute};w=60'
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def spend(self, caller: str) -> Spent:
        """Count one request; a 429 problem when there is none left."""
        granted = self._limiter.hit(self._item, caller)
        window = self._limiter.get_window_stats(self._item, caller)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        if not granted:
            raise Problem(
                "too-many-requests",
                Text(
                    f"At most {self._item.amount} requests a minute; go on in {seconds} s.",
                    f"Au plus {self._item.amount} demandes par minute ; reprenez dans {seconds} s.",
                ),
                headers={"Retry-After": str(seconds), **self.headers(Spent(0, seconds))},
            )
        return Spent(max(0, window.remaining), seconds)

    def headers(self, spent: Spent) -> dict[str, str]:
        """What the caller is told of his budget."""
        return {
            "RateLimit-Policy": self.policy,
            "RateLimit": f'"default";r={spent.remaining};t={spent.reset_seconds}',
        }
