"""One hand-written message of every fact about a clock."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.ticket import sla
from contracts.values import HoldReason, Priority


def clocks(ticket: dict[str, Any], at: Callable[..., datetime]) -> tuple[sla.SlaFact, ...]:
    """Of a ticket's clock, ``at`` hours and minutes of its day."""
    clock: dict[str, Any] = {
        **ticket,
        "site_ids": ("pasteur-nord",),
        "site_id": "pasteur-nord",
        "contract_id": "pasteur-2026",
        "contract_revision": 3,
        "target": "GTR",
        "priority": Priority.P1,
        "starts_at": at(8),
        "aim": sla.Aim.RESTORE,
    }
    running: dict[str, Any] = {**clock, "state": sla.ClockState.RUNNING, "due_at": at(12)}
    return (
        sla.SlaStarted(**running, elapsed_minutes=0, remaining_minutes=240),
        sla.SlaPaused(
            **clock,
            state=sla.ClockState.PAUSED,
            reason=HoldReason.WAITING_FOR_CLIENT,
            elapsed_minutes=60,
            remaining_minutes=180,
        ),
        sla.SlaResumed(**running, elapsed_minutes=60, remaining_minutes=180),
        sla.SlaAtRisk(**running, elapsed_minutes=180, remaining_minutes=60, threshold=75),
        sla.SlaMet(
            **clock,
            state=sla.ClockState.MET,
            elapsed_minutes=200.5,
            remaining_minutes=39.5,
            met_at=at(11, 20),
        ),
        sla.SlaBreached(
            **clock,
            state=sla.ClockState.BREACHED,
            due_at=at(12),
            elapsed_minutes=240,
            remaining_minutes=0,
            threshold=90,
            breached_at=at(12),
        ),
        sla.SlaCorrected(
            **clock,
            state=sla.ClockState.MET,
            elapsed_minutes=230,
            remaining_minutes=10,
            met_at=at(11, 50),
            corrects=(sla.TakenBack(n=4, type="sla-breached", at=at(12)),),
        ),
        sla.SlaStopped(**clock, state=sla.ClockState.STOPPED, elapsed_minutes=30, remaining_minutes=210),
    )
