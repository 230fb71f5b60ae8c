"""Deadlines that fall while the ticket service is down are said once it is up, once, as of their instants."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.values import parse_rfc3339, rfc3339
from tests.flows.apart import Apart
from tests.flows.clocks import Said, has_heard, of
from tests.flows.firm import Firm, promise
from tests.flows.log_reading import gaps, told
from tests.flows.streams import listening

pytestmark = pytest.mark.in_turn

MINUTE = timedelta(minutes=1)
WHILE_STOPPED = 200 * MINUTE
WHILE_DEAD = 300 * MINUTE
"""How late it is when the service is back, after it was stopped and after it was killed."""


async def test_what_falls_due_while_the_service_is_down_is_said_once_as_of_its_own_instant(
    apart: Apart, unique: str
) -> None:
    _, _, ticket_service = await apart.start("inventory", "notify", "ticket")
    firm = Firm(apart, unique)
    acme = await firm.customer()
    await firm.contract(acme, promise(60, "response", met_by="started"), promise(240))
    site, work = await firm.site(acme), await firm.work()
    async with listening(firm.dispatcher, "sla") as screen:
        request = await firm.opens(work, site)
        opened = parse_rfc3339(request.answer.json()["declared_at"])
        begun = begun_at(opened)
        await has_heard(screen, request, begun)

        await ticket_service.stops()
        [ticket_service] = await apart.start("ticket", ahead=WHILE_STOPPED)
        response = [
            ("response", "sla-at-risk", opened + 30 * MINUTE),
            ("response", "sla-at-risk", opened + 45 * MINUTE),
            ("response", "sla-at-risk", opened + 54 * MINUTE),
            ("response", "sla-breached", opened + 60 * MINUTE),
        ]
        half_done = [
            ("repair", "sla-at-risk", opened + 120 * MINUTE),
            ("repair", "sla-at-risk", opened + 180 * MINUTE),
        ]
        await has_heard(screen, request, begun + response + half_done)
        seen = screen.heard[-1].id

        await ticket_service.is_killed()
        [ticket_service] = await apart.start("ticket", ahead=WHILE_DEAD)
        repair = [
            ("repair", "sla-at-risk", opened + 216 * MINUTE),
            ("repair", "sla-breached", opened + 240 * MINUTE),
        ]
        everything = begun + response + half_done + repair
        await has_heard(screen, request, everything)

        await ticket_service.stops()
        await apart.start("ticket", ahead=WHILE_DEAD)
        half_due = datetime.now(UTC) + WHILE_DEAD - 30 * MINUTE + timedelta(seconds=2)
        marker = await firm.opens(work, site, occurred_at=rfc3339(half_due))
        risk = ("response", "sla-at-risk", parse_rfc3339(rfc3339(half_due)) + 30 * MINUTE)
        await has_heard(screen, marker, [*begun_at(half_due), risk])
        assert of(screen.heard, request) == everything

    async with listening(firm.dispatcher, "sla", after=seen) as back:
        await has_heard(back, request, repair)
    events = [each for each in told(await apart.records("ticket.sla.v1")) if each.subject == request.id]
    assert gaps(events) == {}
    assert len({each.number for each in events}) == len(everything)
    assert {each.headers["ce_time"] for each in events} == {rfc3339(at) for _, _, at in everything}


def begun_at(opened: datetime) -> list[Said]:
    at = parse_rfc3339(rfc3339(opened))
    return [(target, "sla-started", at) for target in ("response", "repair")]
