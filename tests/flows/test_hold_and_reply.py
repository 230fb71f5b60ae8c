"""A clock that waits for the client goes on at his reply, and is over by so much later."""

from datetime import timedelta

from contracts.values import parse_rfc3339, rfc3339
from tests.flows.clocks import explained, hears, now, of
from tests.flows.firm import Firm, done, promise
from tests.flows.streams import listening
from tests.flows.waiting import until

ALLOWED = timedelta(minutes=60)
LEFT = timedelta(seconds=5)
"""Of what is allowed when the ticket is opened: the hold has to come by then."""


async def test_a_hold_pauses_the_clock_and_the_clients_note_lets_it_go_on(firm: Firm) -> None:
    acme = await firm.customer()
    await firm.contract(acme, promise(60))
    site, work = await firm.site(acme), await firm.work()
    opened = await now(firm) - ALLOWED + LEFT
    due = opened + ALLOWED
    async with listening(acme.portal, "sla") as screen:
        request = await firm.opens(work, site, occurred_at=rfc3339(opened))
        path = f"/v1/tickets/{request.id}"
        held = done(await firm.agent.post(f"{path}/hold", {"reason": "waiting-for-client"}))
        assert held["state"] == "on-hold"
        paused = await hears(screen, request, "repair", "sla-paused")
        paused_at = parse_rfc3339(paused["time"])
        assert paused_at < due, "the hold came too late"
        assert paused["data"]["reason"] == "waiting-for-client"
        assert "due_at" not in paused["data"]

        async def the_deadline_has_passed() -> bool:
            return await now(firm) > due + timedelta(seconds=1)

        await until(the_deadline_has_passed)
        [waiting] = done(await acme.portal.get(f"{path}/sla"))["items"]
        assert (waiting["state"], waiting["due_at"]) == ("paused", None)

        note = {"text": "The key is at the reception.", "public": True}
        replied = done(await acme.portal.post(f"{path}/notes", note))
        assert replied["state"] != "on-hold"
        resumed_at = parse_rfc3339((await hears(screen, request, "repair", "sla-resumed"))["time"])
        breach = await hears(screen, request, "repair", "sla-breached")
        assert parse_rfc3339(breach["time"]) == due + (resumed_at - paused_at)
        assert breach["data"]["elapsed_minutes"] == ALLOWED.total_seconds() / 60
        assert [word for _, word, _ in of(screen.heard, request)] == [
            "sla-started",
            *["sla-at-risk"] * 3,
            "sla-paused",
            "sla-resumed",
            "sla-breached",
        ]
    clock = await explained(request, "repair", acme.portal, "fr")
    [held_then] = [each for each in clock["intervals"] if each["standing"] == "held"]
    assert (held_then["from"], held_then["to"]) == (rfc3339(paused_at), rfc3339(resumed_at))
    assert "attente du client" in held_then["sentence"]
