"""What a restore takes back, for whoever judges the run: told in the log, and true no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.catalogue import SERVICES
from infra.sample.evidence import Document, Event, Evidence, key_of
from tests.chaos.ledger import Line


@dataclass(frozen=True)
class Restore:
    """``taken`` is when the backup began, ``lost`` until when what was answered may be lost (seconds).

    ``mails`` is how many the server had seen when the backup began and when the restore was done, ``ends``
    how long each partition (``<topic>/<number>``) was then, and ``told`` how many events of each topic the
    backup has each aggregate tell.
    """

    taken: float
    lost: float
    mails: tuple[int, int]
    ends: Mapping[str, int]
    told: Mapping[str, Mapping[str, int]]

    def takes_back(self, event: Event) -> bool:
        """Whether an event was told after the backup, by somebody who knows nothing of it any more."""
        if event.offset >= self.ends.get(f"{event.topic}/{event.partition}", 0):
            return False
        return event.topic in self.told and event.n > self.told[event.topic].get(event.subject, 0)

    def excuses(self, line: Line) -> bool:
        """Whether what was answered then may be lost: it was after the backup and before the loss."""
        return line.outcome == "done" and self.taken <= line.ended <= self.lost


def ledger_after(restore: Restore, ledger: Iterable[Line]) -> tuple[Line, ...]:
    """Nobody knows any more whether what was answered in between was done."""
    return tuple(replace(line, outcome="refused") if restore.excuses(line) else line for line in ledger)


def evidence_after(restore: Restore, evidence: Evidence) -> Evidence:
    """One past: what was taken back left out, and what comes after told on from the backup."""
    kept = [event for event in evidence.events if not restore.takes_back(event)]
    known = {event.identity for event in kept}
    gone = {event.identity for event in evidence.events} - known
    documents = dict(evidence.documents)
    for service in SERVICES:
        inbox = (_without(each, gone) for each in evidence.of(f"{service}.inbox"))
        documents[f"{service}.inbox"] = tuple(each for each in inbox if each["ids"])
    return replace(
        evidence,
        events=tuple(replace(event, epoch=0) for event in kept),
        documents=documents,
        mails=_mails(restore, evidence),
    )


def _without(kept: Document, gone: set[str]) -> dict[str, Any]:
    """The restore wrote into the inboxes what nobody is to apply: nobody took it in."""
    return {**kept, "ids": [identity for identity in kept["ids"] if identity not in gone]}


def _mails(restore: Restore, evidence: Evidence) -> tuple[str, ...] | None:
    """A message of the time in between cannot be called back: it counts where it is known to be sent."""
    if evidence.mails is None:
        return None
    first, last = restore.mails
    others = (*evidence.mails[:first], *evidence.mails[last:])
    sent = {each["_id"] for each in evidence.of("notify.deliveries") if each["state"] == "sent"}
    lacking = sent - {key_of(mail) for mail in others}
    return (*others, *(mail for mail in dict.fromkeys(evidence.mails[first:last]) if key_of(mail) in lacking))
