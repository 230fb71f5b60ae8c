"""Visits follow their SLA clocks: a hold moves the deadline, a clock at risk brings a visit forward."""

from datetime import datetime, timedelta
from typing import Any

from contracts.values import parse_rfc3339, rfc3339
from tests.flows.clocks import now
from tests.flows.firm import Firm, Visit, done, promise
from tests.flows.waiting import until

ALLOWED = timedelta(hours=8)
LEFT = timedelta(seconds=10)
"""Until three quarters of what is allowed are gone: by then everything has to be planned."""


async def restore_by(visit: Visit, wanted: str | None) -> None:
    """Wait until the visit has this deadline."""
    seen: list[datetime | None] = []
    due = None if wanted is None else parse_rfc3339(wanted)

    async def there() -> bool:
        shown = (await visit.now())["restore_by"]
        seen[:] = [None if shown is None else parse_rfc3339(shown)]
        return seen == [due]

    await until(there, why=lambda: f"for {wanted}; it is {seen}")


def start_of(visit: dict[str, Any]) -> datetime:
    return parse_rfc3339(visit["planned_start"])


async def test_a_visit_has_no_deadline_during_a_hold_and_a_later_one_afterwards(firm: Firm) -> None:
    acme = await firm.customer()
    await firm.contract(acme, promise(480))
    site, work = await firm.site(acme), await firm.work()
    await firm.technician("lea")
    request = await firm.opens(work, site, urgent=False)
    path = f"/v1/tickets/{request.id}"
    planned = await request.visit.is_("dispatched")
    [clock] = done(await firm.agent.get(f"{path}/sla"))["items"]
    await restore_by(request.visit, clock["due_at"])

    done(await firm.agent.post(f"{path}/hold", {"reason": "waiting-for-client"}))
    await restore_by(request.visit, None)
    done(await firm.agent.post(f"{path}/resume"))
    [later] = done(await firm.agent.get(f"{path}/sla"))["items"]
    assert later["due_at"] > clock["due_at"]
    await restore_by(request.visit, later["due_at"])
    assert start_of(await request.visit.is_("dispatched")) >= start_of(planned)


async def test_a_clock_at_risk_brings_a_visit_forward_once_somebody_is_free(firm: Firm) -> None:
    acme = await firm.customer()
    await firm.contract(acme, promise(480))
    site = await firm.site(acme)
    await firm.technician("lea")
    first = await firm.opens(await firm.work("long", minutes=60), site, urgent=False)
    await first.visit.is_("dispatched")

    opened = await now(firm) - ALLOWED * 0.75 + LEFT
    request = await firm.opens(await firm.work(), site, urgent=False, occurred_at=rfc3339(opened))
    before = start_of(await request.visit.is_("planned", "dispatched"))
    done(await firm.agent.post(f"/v1/tickets/{first.id}/cancel", {"reason": "client-consent"}))
    await first.visit.is_("cancelled")
    assert await now(firm) < opened + ALLOWED * 0.75, "the technician was free too late"

    async def comes_sooner() -> bool:
        visit = await request.visit.now()
        return visit["planned_start"] is not None and start_of(visit) <= before - timedelta(minutes=15)

    await until(comes_sooner, why="for the visit to be made sooner")
    await request.tells("sla-at-risk", "visit-planned", "visit-rescheduled")
