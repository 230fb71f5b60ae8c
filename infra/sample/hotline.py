"""What the hotline does of a request: opens it for who calls, works on it remotely, asks, corrects."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from contracts.values import rfc3339
from infra.sample.agenda import Act, Agenda
from infra.sample.calling import TOO_LATE, Telephone, Who
from infra.sample.day import IMPACTS, Day, Request, working_day
from infra.sample.narrating import places
from infra.sample.repairs import USED
from infra.sample.rota import PARIS

TAKEN_AFTER = timedelta(minutes=6)
"""How soon an agent takes what nobody telephoned for."""
ASKED_AFTER = timedelta(minutes=20)
REQUALIFIED_AFTER = timedelta(minutes=18)


@dataclass
class Hotline:
    """``opened`` hears of each ticket; ``say`` of what an onlooker may want to know."""

    telephone: Telephone
    agenda: Agenda
    now: Callable[[], datetime]
    day: Day
    say: Callable[[str], None]
    opened: Callable[[dict[str, Any], Request], None]

    def opening(self, request: Request) -> Act:
        """The request is made, by the client's portal or by an agent for who calls."""

        async def act() -> None:
            who = Who(request.role, request.subject, request.customer)
            if request.line.channel == "phone":
                await self.telephone.get("/v1/contacts", who, phone=request.body["requester"]["phone"])
            opened = await self.telephone.post("/v1/tickets", who, dict(request.body), key=request.key)
            self.opened(opened, request)
            # A single site is named in the summary.
            sites = request.body["sites"]
            at = f": {places(self.day.firm, sites)}" if len(sites) > 1 else ""
            self.say(f"{opened['priority']} {opened['number']} {request.body['summary']}{at}")
            await self._go_on(opened, request)

        return act

    async def _go_on(self, opened: dict[str, Any], request: Request) -> None:
        line, now = request.line, self.now()
        id, number = opened["id"], opened["number"]
        if line.unanswered:
            self.agenda.at(now + ASKED_AFTER, self._asking(id, number, request))
        elif line.truly is not None:
            self.agenda.at(now + REQUALIFIED_AFTER, self._requalifying(id, number, request, line.truly))
        elif line.tomorrow is not None:
            await self._give_to_whoever_is_on_call(opened, request, line.tomorrow)
        elif request.work.remote or self.day.firm.promises_remote_work(line.client):
            begin = self._beginning(id, number, request)
            if request.role == "agent":
                await begin()
            else:
                self.agenda.at(now + TAKEN_AFTER, begin)

    def _beginning(self, id: str, number: str, request: Request) -> Act:
        """An agent looks at it from his desk; what he cannot solve there has been looked at in time."""

        async def act() -> None:
            agent = Who("agent", request.agent)
            if not await self._do(agent, id, "take"):
                return
            if not await self._do(agent, id, "start", {"mode": "remote"}):
                return
            if request.work.remote:
                began = self.now()
                ending = self._solving if request.line.solved else self._giving_up
                done = began + timedelta(minutes=request.remote_minutes)
                self.agenda.at(done, ending(id, number, request, began))

        return act

    def _solving(self, id: str, number: str, request: Request, began: datetime) -> Act:
        async def act() -> None:
            agent = Who("agent", request.agent)
            done = {"work_done": request.work.remedy, "article_id": USED.get(request.work.id)}
            if not await self._do(agent, id, "resolve", done):
                return
            await self._log(agent, id, began)
            self.say(f"{request.agent} solves {number} remotely")

        return act

    def _giving_up(self, id: str, number: str, request: Request, began: datetime) -> Act:
        """It cannot be solved from the desk: somebody has to go there."""

        async def act() -> None:
            agent = Who("agent", request.agent)
            if not await self._do(agent, id, "triage", {"on_site": True}):
                return
            await self._log(agent, id, began)
            self.say(f"{request.agent} cannot solve {number} remotely: somebody goes there")

        return act

    def _asking(self, id: str, number: str, request: Request) -> Act:
        """He asks, nobody answers, and it waits for the client."""

        async def act() -> None:
            agent = Who("agent", request.agent)
            await self._do(agent, id, "take")
            asks = (
                "Pouvez-vous préciser le nombre de postes et le budget ? Nous avons essayé de vous joindre."
            )
            await self._do(agent, id, "notes", {"text": asks, "public": True})
            if await self._do(agent, id, "hold", {"reason": "waiting-for-client"}):
                self.say(f"{number} waits for the client, who does not answer")

        return act

    def _requalifying(self, id: str, number: str, request: Request, truly: str) -> Act:
        async def act() -> None:
            impact, urgency = (IMPACTS[letter] for letter in truly)
            body = {
                "impact": impact,
                "urgency": urgency,
                "agreed_by": request.body["requester"]["name"],
                "reason": "Une seule personne est gênée, et elle peut travailler.",
            }
            ticket = await self._do(Who("agent", request.agent), id, "requalify", body)
            if ticket:
                self.say(f"{number} had the wrong priority and is {ticket['priority']}")

        return act

    async def _give_to_whoever_is_on_call(self, opened: dict[str, Any], request: Request, at: str) -> None:
        """By hand, for the next working day: whom a night on call may keep from it."""
        dispatcher = Who("dispatcher", self.day.firm.someone("dispatcher"))
        territory = self.day.firm.sites[request.line.sites[0]]["territory"]
        now = await self.telephone.get("/v1/rota/now", dispatcher, territory=territory)
        following = working_day(self.day.on + timedelta(days=1))
        start = datetime.combine(following, time.fromisoformat(at), PARIS)
        for called in now["items"][:1]:
            body = {"technician_id": called["technician_id"], "start": rfc3339(start)}
            self.agenda.at(self.now() + timedelta(minutes=4), self._assigning(opened, dispatcher, body))

    def _assigning(self, opened: dict[str, Any], dispatcher: Who, body: dict[str, Any]) -> Act:
        async def act() -> None:
            [visit] = opened["visits"]
            path = f"/v1/visits/{visit['id']}/assign"
            if await self.telephone.post(path, dispatcher, body, fine=TOO_LATE):
                self.say(f"{opened['number']} is given to {body['technician_id']} for the next working day")

        return act

    async def _log(self, agent: Who, id: str, began: datetime) -> None:
        spent = {"from": rfc3339(began), "to": rfc3339(self.now()), "kind": "remote", "billable": False}
        await self._do(agent, id, "worklogs", spent)

    async def _do(self, who: Who, id: str, verb: str, body: dict[str, Any] | None = None) -> Any:
        """None when the ticket has moved on at the same moment."""
        return await self.telephone.post(f"/v1/tickets/{id}/{verb}", who, body, fine=TOO_LATE)
