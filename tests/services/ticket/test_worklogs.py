"""The time that the firm's people spend on a ticket."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.refusal import Refusal
from contracts.ticket.agreed import WorkLogged
from contracts.ticket.events import CancelReason
from contracts.values import WorklogKind
from services.ticket.usecases.cancel import CancelTicket
from services.ticket.usecases.log_work import LogWork
from tests.services.ticket.running import Firm, done, problem
from tests.services.ticket.sample import AGENT, a_world, opened, timeline
from tests.world import MONDAY_NINE

HIS: dict[str, Any] = {"ticket_id": "t1", "viewer": AGENT}
TEN = MONDAY_NINE + timedelta(hours=1)


def logged(minutes: float, *, until: float = 0, **said: Any) -> LogWork:
    """Work that took ``minutes`` and ended at ten, or ``until`` minutes later."""
    end = TEN + timedelta(minutes=until)
    told = {"kind": WorklogKind.PHONE, "billable": True, **said}
    return LogWork(**HIS, occurred_at=end, began_at=end - timedelta(minutes=minutes), **told)


def test_time_spent_is_logged_in_any_state_for_oneself_or_a_colleague() -> None:
    world = a_world()
    opened(world)
    world.clock.set(TEN)
    world.do(logged(25, text="rappel du client"))
    world.do(CancelTicket(**HIS, reason=CancelReason.CLIENT_CONSENT))
    world.do(logged(90, kind=WorklogKind.TRAVEL, billable=False, person_id="tech-lea"))
    told = [(each.person_id, each.kind, each.billable) for each in world.told(WorkLogged)]
    assert told == [(AGENT.subject, "phone", True), ("tech-lea", "travel", False)]
    line = timeline(world)[0]
    assert (line.text, line.public, line.at) == ("rappel du client", False, TEN)
    assert line.details is not None
    assert (line.details["began_at"], line.details["ended_at"]) == (
        "2026-03-02T08:35:00.000Z",
        "2026-03-02T09:00:00.000Z",
    )


@pytest.mark.parametrize(
    ("minutes", "until", "why"),
    [
        (0, 0, "worklog-ends-before-it-begins"),
        (-5, 0, "worklog-ends-before-it-begins"),
        (24 * 60 + 1, 0, "worklog-too-long"),
        (30, 10, "occurred-in-the-future"),
        (30, -61, "occurred-before-the-opening"),
    ],
)
def test_time_that_nobody_can_have_spent_is_refused(minutes: float, until: float, why: str) -> None:
    world = a_world()
    opened(world)
    world.clock.set(TEN)
    with pytest.raises(Refusal) as refused:
        world.do(logged(minutes, until=until))
    assert refused.value.slug == why
    assert not world.told(WorkLogged)


async def test_a_worklog_goes_in_over_the_api_and_is_read_by_the_firm_only(firm: Firm) -> None:
    ticket = await firm.open()
    spent = {"from": ticket["opened_at"], "to": ticket["opened_at"], "kind": "remote", "billable": True}
    where = f"/v1/tickets/{ticket['id']}"
    async with firm.agent() as agent, firm.portal() as portal:
        problem(await agent.post(f"{where}/worklogs", json=spent), 422, "worklog-ends-before-it-begins")
        spent["from"] = "2020-01-01T00:00:00Z"
        problem(await agent.post(f"{where}/worklogs", json=spent), 422, "worklog-too-long")
        problem(await portal.post(f"{where}/worklogs", json=spent), 403, "forbidden-role")
        del spent["from"]
        problem(await agent.post(f"{where}/worklogs", json=spent), 422, "invalid-body")
        begun = (datetime.fromisoformat(ticket["opened_at"]) - timedelta(minutes=5)).isoformat()
        done(await agent.post(f"{where}/worklogs", json={**spent, "from": begun}))
        inside = done(await agent.get(f"{where}/timeline"))["items"]
        outside = done(await portal.get(f"{where}/timeline"))["items"]
    assert [line["event"] for line in inside if line["event"] == "work-logged"] == ["work-logged"]
    assert not [line for line in outside if line["event"] == "work-logged"]
