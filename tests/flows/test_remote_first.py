"""Work that may be done from the desk: tried there first, with the visit as fallback, in two languages."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from contracts.values import parse_rfc3339
from tests.flows.clocks import explained
from tests.flows.firm import Customer, Firm, Json, Person, Request, done, problem, promise
from tests.flows.platform import Platform, up
from tests.flows.waiting import until

pytestmark = pytest.mark.in_turn

MONDAY = "2026-03-02T09:00:00+01:00"


@pytest.fixture(scope="module")
async def monday(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform whose clock goes where a story wants it."""
    async with up(tmp_path_factory.mktemp("monday") / "data", arguments=("--clock", MONDAY)) as platform:
        yield platform


@pytest.fixture
async def firm(monday: Platform, unique: str) -> AsyncIterator[Firm]:
    firm = Firm(monday, unique)
    yield firm
    await firm.leave()
    await monday.quiet(within=120)


@dataclass(frozen=True)
class Words:
    """What people read: on timelines, in mails, of a clock, and where they are refused."""

    opened: str
    taken: str
    begun: str
    judged: str
    asked: str
    resolved: str
    clock: str
    refused: str
    received_mail: str
    resolved_mail: str
    technicians_mail: str
    called_off: str
    why: str


WORDS = {
    "fr": Words(
        opened="Demande enregistrée",
        taken="Prise en charge par un agent",
        begun="Travail commencé",
        judged="Demande qualifiée",
        asked="Intervention à prévoir",
        resolved="Résolue",
        clock="le début des travaux à distance",
        refused="start (remote) est impossible",
        received_mail="Nous avons bien reçu votre demande et nous en occupons.",
        resolved_mail="Votre demande « The printer is jammed » est résolue.",
        technicians_mail="Une intervention vous est confiée",
        called_off="ne plus aller à Office",
        why="résolue à distance",
    ),
    "en": Words(
        opened="Request recorded",
        taken="Taken by an agent",
        begun="Work started",
        judged="Triaged",
        asked="A visit is needed",
        resolved="Resolved",
        clock="the start of remote work",
        refused="it cannot start (remote)",
        received_mail="We have received your request and are taking care of it.",
        resolved_mail="Your request “The printer is jammed” is resolved.",
        technicians_mail="A visit is yours",
        called_off="no need to go to Office",
        why="solved remotely",
    ),
}


@dataclass(frozen=True)
class Desk:
    """A firm with a client whose contract promises that work begins, read in one language."""

    firm: Firm
    acme: Customer
    office: str
    work: str
    language: str

    @property
    def words(self) -> Words:
        return WORDS[self.language]

    @property
    def spoken(self) -> dict[str, str]:
        return {"Accept-Language": self.language}

    @property
    def ann(self) -> Json:
        """A requester, who is written to."""
        return {"name": "Ann", "email": f"ann@{self.acme.id}.example"}

    async def opens(self, *, urgent: bool = False) -> Request:
        return await self.firm.opens(self.work, self.office, urgent=urgent, requester=self.ann)

    async def begins(self, request: Request) -> None:
        done(await self.firm.agent.post(f"/v1/tickets/{request.id}/start", {"mode": "remote"}))

    async def resolves(self, request: Request) -> None:
        done(await self.firm.agent.post(f"/v1/tickets/{request.id}/resolve", {"work_done": "Pilote"}))

    async def timeline(self, request: Request, reader: Person | None = None) -> list[str]:
        """The titles that the client reads, or somebody else."""
        where = f"/v1/tickets/{request.id}/timeline"
        headers = {**(reader or self.acme.portal).headers, **self.spoken}
        answer = await self.firm.platform.client.get(where, params={"limit": 200}, headers=headers)
        return [line["title"] for line in done(answer)["items"]]

    async def is_mailed(self, address: str, request: Request, *words: str) -> None:
        """Wait until somebody has a mail about the request that says all this."""
        number = (await request.now())["number"]

        async def mailed() -> bool:
            mails = done(await self.firm.platform.client.get("/mail.json"))["items"]
            said = [each["subject"] + each["text"] for each in mails if address in each["to"]]
            return any(all(each in text for each in (number, *words)) for text in said)

        await until(mailed, why=f"for a mail to {address} that says {words}")


@pytest.fixture(params=["fr", "en"])
async def desk(firm: Firm, request: pytest.FixtureRequest) -> Desk:
    language: str = request.param
    acme = await firm.customer()
    await firm.contract(acme, promise(240, "response", "started"))
    office, work = await firm.site(acme), await firm.work(remote=True)
    ann = {"customer_id": acme.id, "name": "Ann", "email": f"ann@{acme.id}.example", "language": language}
    done(await firm.admin.put(f"/v1/contacts/{firm.id('ann')}", ann))
    return Desk(firm, acme, office, work, language)


async def test_what_the_desk_solves_sends_nobody_and_the_client_reads_so(desk: Desk) -> None:
    firm, words = desk.firm, desk.words
    solved = await desk.opens()
    assert solved.answer.json()["visits"] == []
    await desk.is_mailed(desk.ann["email"], solved, words.received_mail)
    done(await firm.agent.post(f"/v1/tickets/{solved.id}/take"))
    await desk.begins(solved)
    again = await firm.agent.post(f"/v1/tickets/{solved.id}/start", {"mode": "remote"}, **desk.spoken)
    assert words.refused in problem(again, 409, "illegal-transition")["detail"]
    await desk.resolves(solved)
    assert (await solved.now())["visits"] == []
    assert "visits-requested" not in await solved.events()
    assert await desk.timeline(solved) == [words.opened, words.begun, words.resolved]
    seen_by_the_firm = [words.opened, words.taken, words.begun, words.resolved]
    assert await desk.timeline(solved, firm.agent) == seen_by_the_firm
    await desk.is_mailed(desk.ann["email"], solved, words.resolved_mail)
    clock = await explained(solved, "response", desk.acme.portal, desk.language)
    assert any(words.clock in each["sentence"] for each in clock["intervals"])


async def test_what_the_desk_gives_up_sends_somebody_who_reads_so(desk: Desk) -> None:
    firm, words = desk.firm, desk.words
    lea = await firm.technician("lea", language=desk.language)
    given_up = await desk.opens()
    await desk.begins(given_up)
    done(await firm.agent.post(f"/v1/tickets/{given_up.id}/triage", {"on_site": True}))
    [asked] = (await given_up.now())["visits"]
    assert asked["site_id"] == desk.office
    await given_up.visit.is_("planned", "dispatched", to=lea)
    await desk.is_mailed(f"{lea.id}@firm.example", given_up, words.technicians_mail)
    await lea.works_on(given_up.visit)
    await lea.closes(given_up.visit)
    await given_up.is_("resolved")
    first = [words.opened, words.begun, words.judged, words.asked]
    assert (await desk.timeline(given_up))[: len(first)] == first
    await desk.is_mailed(desk.ann["email"], given_up, words.resolved_mail)


async def test_what_nobody_at_the_desk_begins_in_time_sends_somebody_too(desk: Desk) -> None:
    firm, platform = desk.firm, desk.firm.platform
    lea = await firm.technician("lea", language=desk.language)
    left_alone = await desk.opens()
    due = parse_rfc3339((await left_alone.now())["remote_until"])
    await platform.quiet()
    await platform.step(due - timedelta(minutes=1))
    assert (await left_alone.now())["visits"] == []
    await platform.step(due)
    await left_alone.visit.is_("planned", "dispatched", to=lea)
    assert desk.words.asked in await desk.timeline(left_alone)


async def test_a_p1_never_waits_and_who_was_sent_reads_that_the_desk_solved_it(desk: Desk) -> None:
    firm, words = desk.firm, desk.words
    lea = await firm.technician("lea", language=desk.language)
    urgent = await desk.opens(urgent=True)
    assert [each["site_id"] for each in urgent.answer.json()["visits"]] == [desk.office]
    await urgent.visit.is_("dispatched", to=lea)
    await desk.is_mailed(f"{lea.id}@firm.example", urgent, words.technicians_mail)
    await desk.begins(urgent)
    await desk.resolves(urgent)
    await desk.is_mailed(f"{lea.id}@firm.example", urgent, words.called_off, words.why)
    await desk.is_mailed(desk.ann["email"], urgent, words.resolved_mail)
