"""Plays the plans through the API, in order of time, while the real planner sends the technicians."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.values import parse_rfc3339, rfc3339
from infra.replay.agenda import Agenda, Entry
from infra.replay.api import Api, Document, Refused, every
from infra.replay.crew import Crew
from infra.replay.fieldwork import UNDER_WAY
from infra.replay.plan import FINISH, OPEN, RESOLVE, IncidentPlan, Step, dated
from infra.replay.playing import Playing
from infra.replay.reference import Put, is_remote

ANSWER_WITHIN = timedelta(seconds=150)
"""A dispatch is answered before the clock has gone so far: silence costs the technician the visit."""

BOOK_KEEPING = frozenset({"close", "hand-over", "start"})
"""Verbs after which no technician hears anything new."""

PATIENCE = timedelta(days=21)
"""So long after the log's end it is waited for visits that nobody has made yet."""


class Player:
    """Use it once: ``await put(…)``, ``await play()``. ``stop`` ends it after what is under way."""

    def __init__(
        self,
        api: Api,
        plans: Sequence[IncidentPlan],
        *,
        prefix: str,
        shortest: timedelta,
        on_progress: Callable[[int, datetime], None] = lambda over, now: None,
    ) -> None:
        self._api = api
        self._prefix = prefix
        self._on_progress = on_progress
        self.incidents = {plan.number: Playing(plan) for plan in plans}
        self._tickets: dict[str, Playing] = {}
        self._agenda = Agenda()
        self._crew = Crew(api, self._agenda, self._tickets, prefix=prefix, shortest=shortest)
        self._now = datetime.min.replace(tzinfo=UTC)
        self._next_due: datetime | None = None
        self._settled = False
        self.stopped = False
        self.clock_steps = 0

    def stop(self) -> None:
        self.stopped = True

    async def put(self, stages: Iterable[Sequence[Put]]) -> None:
        """Write the reference data; writing what is there already changes nothing."""
        for stage in stages:
            await asyncio.gather(*(self._api.put(each.path, each.body) for each in stage))

    async def find_played(self, now: datetime) -> None:
        """Tickets of an earlier run: what is closed is left alone, the rest goes on where it stopped.

        ``now`` is what the domain clock shows.
        """
        self._now = now
        for customer in sorted({each.plan.customer_id for each in self.incidents.values()}):
            for ticket in await every(self._api, "/v1/tickets", customer=customer):
                playing = self.incidents.get(ticket["external_reference"] or "")
                if playing is None or playing.plan.customer_id != customer:
                    continue
                playing.ticket_id = ticket["id"]
                self._tickets[ticket["id"]] = playing
                if ticket["state"] in {"closed", "cancelled"}:
                    playing.already = True
                    playing.steps.clear()
        if any(not each.is_over for each in self._tickets.values()):
            for visit in await every(self._api, "/v1/visits", state=["acknowledged", *sorted(UNDER_WAY)]):
                if visit["ticket_id"] in self._tickets:
                    self._crew.follow(visit, self._now)

    @property
    def next_at(self) -> datetime | None:
        """When the first thing still to be played happened; None when everything is played."""
        return min((at for each in self.incidents.values() if (at := each.next_at())), default=None)

    async def play(self) -> None:
        """All incidents to their ends."""
        for playing in self.incidents.values():
            self._agenda.ticket(playing)
        while self._agenda and not self.stopped:
            await self._reach(self._agenda.first)
            if self._agenda and self._agenda.first.at <= self._now and not self.stopped:
                await self._play_due()
                self._on_progress(sum(each.is_over for each in self.incidents.values()), self._now)
            if not self._agenda:
                await self._wait_for_visits()

    # -- time -------------------------------------------------------------------------------

    async def _reach(self, entry: Entry) -> None:
        """Let time pass until the entry is due, or something else comes before it."""
        while not self.stopped and self._agenda and self._agenda.first is entry:
            target = max(self._agenda.target(), self._now)
            if self._settled and entry.at <= self._now:
                return
            await self._step(min(target, self._sure_until(target)))

    def _sure_until(self, target: datetime) -> datetime:
        """Until when no dispatch can stay without an answer for too long."""
        if not self._settled:
            return self._now + ANSWER_WITHIN
        return target if self._next_due is None else self._next_due + ANSWER_WITHIN

    async def _step(self, to: datetime) -> None:
        """Set the clock, wait until all is quiet, and answer for those who have been told to go."""
        self.clock_steps += 1
        clock = await self._api.post("/v1/clock", {"to": rfc3339(to)})
        self._now = max(parse_rfc3339(clock["now"]), to)
        self._next_due = parse_rfc3339(clock["next_due"]) if clock["next_due"] else None
        self._settled = True
        told = await every(self._api, "/v1/visits", state="dispatched")
        await asyncio.gather(*(self._crew.answer(visit, self._now) for visit in told))

    async def _wait_for_visits(self) -> None:
        """The log is played but visits are still to be made: go on from one due moment to the next."""
        waiting = [each for each in self.incidents.values() if each.waits_for_visit]
        last = max((each.finished_at or self._now for each in waiting), default=self._now)
        if waiting:
            await self._step(self._now)
        while waiting and not self._agenda and not self.stopped:
            if self._next_due is None or self._next_due > max(last, self._now) + PATIENCE:
                await asyncio.gather(*(self._nobody_went(playing) for playing in waiting))
                return
            await self._step(self._next_due)

    # -- tickets ----------------------------------------------------------------------------

    async def _play_due(self) -> None:
        tickets, visits = self._agenda.due(self._now)
        self._settled = self._settled and not visits
        await asyncio.gather(*(self._advance(playing) for playing in tickets))
        await asyncio.gather(*(self._crew.go_on(visit_id, self._now) for visit_id in visits))

    async def _advance(self, playing: Playing) -> None:
        """Every step of the incident that is due, until it has to wait."""
        while (at := playing.next_at()) is not None and at <= self._now:
            step = playing.steps[0]
            if step.verb == FINISH:
                playing.finished_at = at
                await self._finish(playing)
            elif await self._take(playing, step, at):
                playing.steps.popleft()
            else:
                playing.abandon()
        self._agenda.ticket(playing)

    async def _take(self, playing: Playing, step: Step, at: datetime) -> bool:
        """Play one step; False when the incident cannot go on without it."""
        key = f"{self._prefix}/{playing.plan.number}/{step.n}-{step.verb}"
        path = "/v1/tickets" if step.verb == OPEN else f"/v1/tickets/{playing.ticket_id}/{step.verb}"
        try:
            ticket = await self._api.post(path, dated(step, at), key)
        except Refused as refused:
            playing.refused(step.verb, step.line, refused)
            return step.verb != OPEN
        if step.verb not in BOOK_KEEPING:
            self._settled = False
        if step.verb == OPEN:
            self._opened(playing, ticket)
        playing.done.append(step.verb)
        return True

    def _opened(self, playing: Playing, ticket: Document) -> None:
        playing.ticket_id = ticket["id"]
        self._tickets[ticket["id"]] = playing

    async def _finish(self, playing: Playing) -> None:
        """The log says that it is fixed: whoever works on site may close his visit."""
        for visit in await every(self._api, "/v1/visits", ticket=playing.ticket_id):
            if is_remote(visit["category"]):
                continue
            if visit["state"] == "closed":
                playing.visit_closed(parse_rfc3339(visit["ended_at"]))
            elif visit["state"] in UNDER_WAY:
                self._crew.follow(visit, self._now)

    async def _nobody_went(self, playing: Playing) -> None:
        """Nobody could be sent after all: the ticket is solved without a visit."""
        playing.unvisited = True
        finish = playing.steps[0]
        told: dict[str, Any] = {"verb": FINISH, "line": finish.line, "type": "nobody-went"}
        playing.refusals.append({**told, "detail": "nobody could be sent within three weeks"})
        step = Step(finish.n, self._now, RESOLVE, {"work_done": playing.plan.work_done}, finish.line)
        await self._take(playing, step, self._now)
        playing.visit_closed(self._now)
        self._agenda.ticket(playing)
