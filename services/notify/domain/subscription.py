"""What a customer's systems want to be sent, and how their address answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.audience import PUBLIC, SAYS_ITSELF
from contracts.envelope import Fact
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.ticket.agreed import VolumeReached
from services.notify.domain.line import Stream

_SENT: frozenset[type[Fact]] = PUBLIC | {*SAYS_ITSELF, VolumeReached}
TYPES: tuple[str, ...] = tuple(sorted(fact.TYPE for fact in _SENT))
"""What can be subscribed to: the facts that the customer's side may read."""

RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=20),
)
"""Waits between attempts, three days in all, as Standard Webhooks recommends it."""

GIVES_UP_AFTER = timedelta(days=1)
"""An address that took nothing for so long is written to no more until somebody says so."""

BOTH_SECRETS_FOR = timedelta(hours=24)
MOST_SECRETS = 4


class DisabledBecause(StrEnum):
    BY_HAND = "by-hand"
    FAILING = "failing"
    GONE = "gone"


@dataclass(frozen=True)
class Secret:
    """``valid_until`` None: the one of now; others are used beside it until then."""

    value: str = field(repr=False)
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Subscription:
    """One address of a customer's. ``types`` empty: all; ``secrets`` the newest first.

    ``confidential``: what is confidential is sent too.
    """

    id: str
    customer_id: str
    url: str
    secrets: tuple[Secret, ...]
    created_by: str
    created_at: datetime
    types: tuple[str, ...] = ()
    description: str = ""
    confidential: bool = False
    enabled: bool = True
    disabled_because: DisabledBecause | None = None
    disabled_at: datetime | None = None

    @property
    def conditions(self) -> Mapping[str, frozenset[str]]:
        """What lines of a stream must hold to be sent there."""
        reader = f"{'confident' if self.confidential else 'customer'}:{self.customer_id}"
        asked = {"type": frozenset(self.types)} if self.types else {}
        return {"readers": frozenset({reader}), "customer_id": frozenset({self.customer_id}), **asked}

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """Those that a message is signed with."""
        return tuple(
            each.value for each in self.secrets if each.valid_until is None or each.valid_until > now
        )

    def rotated(self, value: str, now: datetime, both_for: timedelta) -> "Subscription":
        """Signed with ``value``, and for so long with what was valid until now, too."""
        until = now + both_for
        before = [
            replace(each, valid_until=until if each.valid_until is None else min(each.valid_until, until))
            for each in self.secrets
        ]
        kept = [each for each in before if each.valid_until is not None and each.valid_until > now]
        if len(kept) >= MOST_SECRETS:
            raise Refusal(
                "too-many-secrets",
                Text(
                    f"{MOST_SECRETS} older secrets are still valid: wait until one is not, or give "
                    "`both_for_hours` 0, which ends them all.",
                    f"{MOST_SECRETS} anciens secrets sont encore valables : attendez la fin de l'un d'eux, "
                    "ou donnez `both_for_hours` 0, qui les révoque tous.",
                ),
            )
        return replace(self, secrets=(Secret(value), *kept))

    def disabled(self, why: DisabledBecause, now: datetime) -> "Subscription":
        return replace(self, enabled=False, disabled_because=why, disabled_at=now)

    def reenabled(self) -> "Subscription":
        return replace(self, enabled=True, disabled_because=None, disabled_at=None)


@dataclass(frozen=True)
class Feed:
    """How far a subscription was served and how its address answers; the id is the subscription's.

    ``positions`` is, by stream, the number of the last line that was taken up, ``replays`` how often they
    were put back, ``missed`` how many lines were past retention before. ``failures`` are those since the last
    success. From the second on nobody writes there before ``held_until`` (system clock), and then one message
    at a time; one may be the message's own.
    """

    id: str
    positions: Mapping[str, int] = field(default_factory=dict)
    replays: int = 0
    missed: int = 0
    failing_since: datetime | None = None
    failures: int = 0
    held_until: datetime | None = None
    last_failure: str | None = None

    def position(self, stream: Stream) -> int:
        return self.positions.get(stream, 0)

    def moved(self, stream: Stream, to: int, missed: int = 0) -> "Feed":
        return replace(self, positions={**self.positions, stream.value: to}, missed=self.missed + missed)

    @property
    def failing(self) -> bool:
        return self.held_until is not None

    def holds_at(self, at: datetime) -> bool:
        """Whether nobody writes there yet."""
        return self.held_until is not None and at < self.held_until

    def tried(self, until: datetime) -> "Feed":
        """Somebody tries whether it answers again; others wait as long."""
        return replace(self, held_until=until)

    def failed(self, why: str, now: datetime, ended_at: datetime) -> "Feed":
        """``now`` is the domain's, ``ended_at`` the system's."""
        failures = self.failures + 1
        held_until = None
        if failures > 1:
            held_until = ended_at + RETRY_AFTER[min(failures - 1, len(RETRY_AFTER)) - 1]
        return replace(
            self,
            failing_since=self.failing_since or now,
            failures=failures,
            held_until=held_until,
            last_failure=why,
        )

    def answered(self) -> "Feed":
        return replace(self, failing_since=None, failures=0, held_until=None, last_failure=None)

    def to_be_given_up(self, now: datetime) -> bool:
        return self.failing_since is not None and now - self.failing_since >= GIVES_UP_AFTER
