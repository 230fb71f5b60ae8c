"""What SLA clocks read: a ticket's log, in the order in which things happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Channel, HoldReason, Priority, ServiceHealth, WorkMode
from services.ticket.domain.contract import MetBy, Target


class Happening(StrEnum):
    OPENED = "opened"
    HELD = "held"
    RESUMED = "resumed"
    RETARGETED = "retargeted"
    REQUALIFIED = "requalified"
    ARRIVED = "arrived"
    STARTED = "started"
    RESTORED = "restored"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXCLUDED = "excluded"


class Since(StrEnum):
    """From when a changed target counts."""

    OPENING = "opening"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that happened, at ``at``, whenever it was learned (``recorded_at``).

    ``site_id`` is where it happened, none for the whole ticket. ``id`` is what a refusal or an
    explanation calls it. Time from an exclusion to its ``until`` counts for no clock, or not for that of its
    ``target_name``; ``note`` is why. An opening says by which ``channel`` the fault was declared and, like a
    requalification and a change of target, its ``priority``, or else the ``targets`` themselves.
    """

    at: datetime
    event: Happening
    id: str = ""
    site_id: str | None = None
    visit_id: str | None = None
    reason: HoldReason | None = None
    until: datetime | None = None
    mode: WorkMode = WorkMode.ONSITE
    service: ServiceHealth | None = None
    since: Since | None = None
    targets: tuple[Target, ...] = ()
    priority: Priority | None = None
    channel: Channel | None = None
    recorded_at: datetime | None = None
    target_name: str | None = None
    note: str | None = None

    @property
    def changes_targets(self) -> bool:
        return self.event in (Happening.RETARGETED, Happening.REQUALIFIED)

    def target(self, name: str) -> Target | None:
        return next((target for target in self.targets if target.name == name), None)

    def names(self, name: str) -> bool:
        """Whether the entry changes that target: with a priority come all of its targets and no others."""
        return self.changes_targets and (self.priority is not None or self.target(name) is not None)

    def meets(self, met_by: MetBy) -> bool:
        """Whether this keeps the promise of a target that is met by ``met_by``."""
        if self.event is Happening.STARTED and self.mode is WorkMode.REMOTE:
            return met_by is MetBy.STARTED
        return met_by in _MEETS.get(self.event, ())


START_KINDS = (MetBy.STARTED, MetBy.STARTED_ONSITE, MetBy.ARRIVED)

_MEETS = {
    Happening.ARRIVED: (MetBy.ARRIVED,),
    Happening.STARTED: START_KINDS,
    Happening.RESTORED: (*START_KINDS, MetBy.RESTORED),
    Happening.RESOLVED: tuple(MetBy),
}


def in_order(log: Iterable[LogEntry], now: datetime) -> list[LogEntry]:
    """The entries up to ``now`` as they happened; of equal instants the log's order is kept.

    ``Refusal`` naming the first entry that makes no sense where it stands.
    """
    entries = sorted((entry for entry in log if entry.at <= now), key=lambda entry: entry.at)
    if not entries:
        raise Refusal(
            "senseless-log",
            Text(
                "Nothing had happened by then: the log needs an entry `opened` that is not later than now.",
                "Rien ne s'était encore passé : il faut une entrée `opened` qui ne soit pas dans l'avenir.",
            ),
        )
    first, *rest = entries
    if first.event is not Happening.OPENED:
        raise _senseless(first, "comes before `opened`", "précède `opened`")
    held = False
    for before, entry in zip(entries, rest, strict=False):
        if before.event is Happening.CANCELLED:
            raise _senseless(entry, "comes after `cancelled`", "suit `cancelled`")
        if entry.event is Happening.OPENED:
            raise _senseless(entry, "opens what is open already", "ouvre ce qui est déjà ouvert")
        if entry.event is Happening.RESUMED and not held:
            raise _senseless(entry, "has no hold before it", "n'a pas d'attente avant elle")
        held = held or entry.event is Happening.HELD
    return entries


def _senseless(entry: LogEntry, en: str, fr: str) -> Refusal:
    name = f"{entry.id or entry.event.value} ({entry.event.value}, {entry.at.isoformat()})"
    return Refusal(
        "senseless-log",
        Text(
            f"The entry {name} {en}: correct its time or leave it out.",
            f"L'entrée {name} {fr} : corrigez son heure ou omettez-la.",
        ),
        entry=entry.id or entry.event.value,
    )
