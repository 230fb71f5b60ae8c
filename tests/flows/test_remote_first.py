"""Work that may be done from the desk: tried there first, with the visit as fallback."""

from datetime import timedelta
from pathlib import Path

from contracts.values import parse_rfc3339
from tests.flows.firm import Firm, done
from tests.flows.platform import up

MONDAY = "2026-03-02T09:00:00+01:00"


async def test_what_the_desk_solves_sends_nobody_and_what_it_cannot_does(tmp_path: Path, unique: str) -> None:
    async with up(tmp_path / "data", arguments=("--clock", MONDAY)) as platform:
        firm = Firm(platform, unique)
        acme = await firm.customer()
        office, work = await firm.site(acme), await firm.work(remote=True)
        lea = await firm.technician("lea")

        solved = await firm.opens(work, office, urgent=False)
        assert solved.answer.json()["visits"] == []
        done(await firm.agent.post(f"/v1/tickets/{solved.id}/take"))
        done(await firm.agent.post(f"/v1/tickets/{solved.id}/start", {"mode": "remote"}))
        done(await firm.agent.post(f"/v1/tickets/{solved.id}/resolve", {"work_done": "Pilote réinstallé"}))
        assert (await solved.now())["visits"] == []

        given_up = await firm.opens(work, office, urgent=False)
        done(await firm.agent.post(f"/v1/tickets/{given_up.id}/start", {"mode": "remote"}))
        done(await firm.agent.post(f"/v1/tickets/{given_up.id}/triage", {"on_site": True}))
        [asked] = (await given_up.now())["visits"]
        assert asked["site_id"] == office
        await given_up.visit.is_("planned", "dispatched", to=lea)
        await lea.works_on(given_up.visit)
        await lea.closes(given_up.visit)
        await given_up.is_("resolved")

        left_alone = await firm.opens(work, office, urgent=False)
        until = parse_rfc3339((await left_alone.now())["remote_until"])
        await platform.quiet()
        await platform.step(until - timedelta(minutes=1))
        assert (await left_alone.now())["visits"] == []
        await platform.step(until)
        await left_alone.visit.is_("planned", "dispatched", to=lea)

        urgent = await firm.opens(work, office)
        assert [each["site_id"] for each in urgent.answer.json()["visits"]] == [office], "a P1 never waits"
        assert "visits-requested" not in await solved.events()
