"""The technicians of a replay: they answer, set out, work and close, as a dispatcher says for them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from contracts.values import parse_rfc3339, rfc3339
from infra.replay.agenda import Agenda
from infra.replay.api import Api, Refused
from infra.replay.fieldwork import OVER, UNDER_WAY, Move, next_move, travel
from infra.replay.playing import Playing
from infra.replay.reference import is_remote

Visit = Mapping[str, Any]


class Crew:
    """``tickets`` maps the ids of the replay's tickets; visits of others are left alone.

    Visits of remote work are answered only: the ticket is solved from the desk and withdraws them.
    """

    def __init__(
        self, api: Api, agenda: Agenda, tickets: Mapping[str, Playing], *, prefix: str, shortest: timedelta
    ) -> None:
        self._api = api
        self._agenda = agenda
        self._tickets = tickets
        self._prefix = prefix
        self._shortest = shortest
        self._making: dict[str, str] = {}
        self._free_from: dict[str, datetime] = {}
        self._put_off: dict[str, list[str]] = {}

    async def answer(self, visit: Visit, now: datetime) -> None:
        """Somebody has been told to go: he says that he will."""
        if visit["ticket_id"] in self._tickets:
            after = await self._move(visit, Move.ACKNOWLEDGE, parse_rfc3339(visit["dispatched_at"]))
            if after is not None:
                self.follow(after, now)

    def follow(self, visit: Visit, now: datetime) -> None:
        """Note when the technician does the next thing about the visit."""
        playing = self._tickets[visit["ticket_id"]]
        if visit["state"] in UNDER_WAY:
            self._making[visit["technician_id"]] = visit["id"]
        if is_remote(visit["category"]) or not playing.has_field_work_ahead:
            return
        following = next_move(visit, playing.finished_at, self._shortest)
        if following is not None:
            self._agenda.visit(max(following.at, now), visit["id"])

    async def go_on(self, visit_id: str, now: datetime) -> None:
        """Do what is due about a visit as it is now: it may have been moved or withdrawn meanwhile."""
        visit: Visit = await self._api.get(f"/v1/visits/{visit_id}")
        playing = self._tickets[visit["ticket_id"]]
        while (following := next_move(visit, playing.finished_at, self._shortest)) is not None:
            if following.at > now:
                self.follow(visit, now)
                return
            if following.move is Move.DEPART and not self._may_leave(visit):
                return
            at = following.at
            if following.move is Move.DEPART:
                at = max(at, self._free_from.get(visit["technician_id"], at))
            moved = await self._move(visit, following.move, at)
            if moved is None:
                self._release(visit, now)
                return
            visit = moved
        if visit["state"] in OVER:
            self._release(visit, now)

    def _may_leave(self, visit: Visit) -> bool:
        """Nobody leaves for a visit before the one that he is making is over."""
        technician = visit["technician_id"]
        if self._making.setdefault(technician, visit["id"]) == visit["id"]:
            return True
        self._put_off.setdefault(technician, []).append(visit["id"])
        return False

    def _release(self, visit: Visit, now: datetime) -> None:
        """The technician is free for what he has put off."""
        technician = visit["technician_id"]
        if self._making.get(technician) == visit["id"]:
            del self._making[technician]
            for visit_id in self._put_off.pop(technician, []):
                self._agenda.visit(now, visit_id)

    async def _move(self, visit: Visit, move: Move, at: datetime) -> Visit | None:
        """One step of the technician; the visit afterwards, or None when it was refused."""
        playing = self._tickets[visit["ticket_id"]]
        body, key = {"occurred_at": rfc3339(at)}, None
        if move is Move.CLOSE:
            key = f"{self._prefix}/{visit['id']}/close"
            body |= self._report(visit, playing)
        try:
            after = await self._api.post(f"/v1/visits/{visit['id']}/{move}", body, key)
        except Refused as refused:
            playing.refused(f"visit-{move}", None, refused)
            return None
        playing.done.append(f"visit-{move}")
        if move is Move.CLOSE:
            ended_at = self._free_from[after["technician_id"]] = parse_rfc3339(after["ended_at"])
            playing.visit_closed(ended_at)
            self._agenda.ticket(playing)
        return after

    def _report(self, visit: Visit, playing: Playing) -> dict[str, Any]:
        cause = {"cause": playing.plan.cause} if playing.plan.cause else {}
        return {
            "outcome": "fixed",
            "started_at": visit["started_at"],
            "work_done": playing.plan.work_done,
            "travel_minutes": round(travel(visit).total_seconds() / 60),
            **cause,
        }
