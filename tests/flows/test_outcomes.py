"""How an intervention ends decides what comes next."""

from datetime import datetime

import pytest

from tests.flows.firm import Firm, Request, Technician, done
from tests.flows.waiting import until


async def at_work(firm: Firm) -> tuple[Request, Technician]:
    """A technician has begun at the only site of a request."""
    acme = await firm.customer()
    office = await firm.site(acme)
    lea = await firm.technician("lea")
    request = await firm.opens(await firm.work(), office)
    await request.visit.is_("dispatched", to=lea)
    await lea.works_on(request.visit)
    return request, lea


@pytest.mark.parametrize("outcome", ["not-fixed", "part-dead"])
async def test_what_is_not_repaired_is_visited_again(firm: Firm, outcome: str) -> None:
    request, lea = await at_work(firm)
    await lea.closes(request.visit, outcome, cause="The new part was dead, too")
    first, second = await request.has_visits(2)
    assert (first["outcome"], second["follows"]) == (outcome, first["id"])
    again = await request.visit_at(first["site_id"])
    await again.is_("dispatched", to=lea)
    await lea.works_on(again)
    await lea.closes(again)
    await request.is_("resolved")


async def test_after_a_workaround_the_agent_decides(firm: Firm) -> None:
    request, lea = await at_work(firm)
    await lea.closes(request.visit, "workaround", work_done="Prints in black only")
    await request_asks_for(request, "follow-up-or-resolve")
    await request.tells("intervention-closed", "ticket-restored")
    done(await firm.agent.post(f"/v1/tickets/{request.id}/resolve", {"work_done": "It will do"}))
    await request.is_("resolved")


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("no-access", "waiting-for-access"),
        ("user-absent", "waiting-for-access"),
        ("refused", "waiting-for-access"),
        ("unsafe", "waiting-for-access"),
        ("out-of-scope", "waiting-for-approval"),
    ],
)
async def test_who_cannot_work_leaves_the_site_on_hold_until_somebody_resumes(
    firm: Firm, outcome: str, reason: str
) -> None:
    acme = await firm.customer()
    office = await firm.site(acme)
    lea = await firm.technician("lea")
    request = await firm.opens(await firm.work(), office)
    await request.visit.is_("dispatched", to=lea)
    await lea.does(request.visit, "acknowledge", "depart", "arrive")
    arrived_at = (await request.visit.now())["arrived_at"]
    await lea.closes(request.visit, outcome)
    held = await request.is_("on-hold")
    [hold] = held["holds"]
    assert (hold["site_id"], hold["reason"]) == (office, reason)
    if reason == "waiting-for-access":
        assert datetime.fromisoformat(hold["since"]) == datetime.fromisoformat(arrived_at)
    done(await firm.agent.post(f"/v1/tickets/{request.id}/resume"))
    await request.has_visits(2)
    again = await request.visit_at(office)
    await again.is_("dispatched", to=lea)


async def request_asks_for(request: Request, attention: str) -> None:
    async def asks() -> bool:
        return attention in (await request.now())["attention"]

    await until(asks, why=f"for the attention {attention}")
