"""What a restore took back breaks no promise, and what it must bring back does."""

from dataclasses import replace
from typing import Any

import pytest

from infra.sample.evidence import Event, Evidence
from tests.chaos.ledger import Line
from tests.chaos.restored import Restore, evidence_after, ledger_after
from tests.chaos.test_audit import closing, line

TOPIC, SOURCE = "dispatch.visits.v1", "/astreinte/dispatch/visits"
RESTORE = Restore(10.0, 20.0, (1, 3), {f"{TOPIC}/0": 3}, {TOPIC: {"v-1": 1}})


def event(n: int, offset: int, *, subject: str = "v-1", epoch: int = 0) -> Event:
    id = f"{subject}:{epoch}.{n}" if epoch else f"{subject}:{n}"
    return replace(closing(), n=n, sequence=n, offset=offset, subject=subject, epoch=epoch, id=id)


def delivery(key: str, state: str = "sent") -> dict[str, Any]:
    return {"_id": key, "state": state}


def test_what_was_told_after_the_backup_is_left_out_and_the_new_epoch_goes_on() -> None:
    log = (event(1, 0), event(2, 1), event(1, 2, subject="v-2"), event(2, 3, epoch=7))
    found = evidence_after(RESTORE, Evidence(log, {}))
    assert [(each.id, each.epoch) for each in found.events] == [("v-1:1", 0), ("v-1:7.2", 0)]


def test_what_nobody_is_to_apply_was_taken_in_by_nobody() -> None:
    kept = {"_id": 1, "ids": [f"{SOURCE}#v-1:1", f"{SOURCE}#v-1:2"]}
    ghost = {"_id": 2, "ids": [f"{SOURCE}#v-1:2"]}
    log = (event(1, 0), event(2, 1))
    found = evidence_after(RESTORE, Evidence(log, {"ticket.inbox": (kept, ghost)}))
    assert found.of("ticket.inbox") == ({"_id": 1, "ids": [f"{SOURCE}#v-1:1"]},)


@pytest.mark.parametrize(
    ("seen", "known", "left"),
    [
        pytest.param(("a", "b", "c"), ("a",), ("a",), id="of a future that is no more"),
        pytest.param(("a", "b", "b"), ("a", "b"), ("a", "b"), id="sent before the snapshot"),
        pytest.param(("a", "b", "c", "b"), ("a", "b"), ("a", "b"), id="sent again"),
        pytest.param(("a", "b", "c", "a"), ("a",), ("a", "a"), id="one of before, again"),
    ],
)
def test_a_message_that_cannot_be_called_back_counts_where_it_is_known(
    seen: tuple[str, ...], known: tuple[str, ...], left: tuple[str, ...]
) -> None:
    mails = tuple(f"<{key}@astreinte>" for key in seen)
    deliveries = tuple(delivery(key) for key in known)
    found = evidence_after(RESTORE, Evidence((), {"notify.deliveries": deliveries}, mails=mails))
    assert found.mails == tuple(f"<{key}@astreinte>" for key in left)


@pytest.mark.parametrize(
    ("answered", "outcome"), [(9.9, "done"), (10.0, "refused"), (20.0, "refused"), (20.1, "done")]
)
def test_what_was_answered_between_backup_and_loss_may_be_lost(answered: float, outcome: str) -> None:
    asked: Line = replace(line("note"), ended=answered)
    [found] = ledger_after(RESTORE, [asked])
    assert found.outcome == outcome
