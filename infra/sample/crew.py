"""What technicians do of their visits, each in his own time: answer, leave, arrive, begin, close."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contracts.values import parse_rfc3339, rfc3339
from infra.sample.agenda import Act, Agenda
from infra.sample.calling import TOO_LATE, Telephone, Who
from infra.sample.day import Day, Request
from infra.sample.living import Lived
from infra.sample.narrating import ending, places

Visit = dict[str, Any]

KILOMETRES_PER_MINUTE = 0.75
UNKNOWN_WAY_MINUTES = 20
EARLY = timedelta(minutes=10)
"""Nobody leaves earlier than so long before he has to."""
OUT_OF_REACH = timedelta(minutes=50)
"""How long after the end of his work somebody without a network is back where there is one."""
BUSY_STATES = frozenset({"en-route", "arrived", "started", "paused"})


@dataclass
class Crew:
    """``visits`` are those known now, ``look`` looks again; ``say`` tells an onlooker."""

    telephone: Telephone
    agenda: Agenda
    now: Callable[[], datetime]
    day: Day
    say: Callable[[str], None]
    visits: Callable[[], list[Visit]]
    look: Callable[[], Awaitable[None]]
    asked: dict[str, int] = field(default_factory=dict)
    _answered: set[tuple[str, str, str]] = field(default_factory=set)
    _until_free: dict[str, list[Act]] = field(default_factory=lambda: defaultdict(list))

    def take_over(self, visit: Visit) -> None:
        """Whoever was on his way or at work when the day before ended goes on with it."""
        life, now = self.day.left_over(visit["id"], visit["category"], visit["duration_minutes"]), self.now()
        match visit["state"]:
            case "acknowledged":
                self.agenda.at(now, self._leaving(visit, life))
            case "en-route":
                self.agenda.at(now + timedelta(minutes=_way(visit, life)), self._arriving(visit, life))
            case "arrived" | "paused":
                self.agenda.at(now, self._starting(visit, life))
            case "started":
                started = parse_rfc3339(visit["started_at"])
                self.agenda.at(now, self._closing(visit, life, started))

    def is_told(self, visit: Visit, request: Request | None) -> None:
        """Each newly told technician will answer, if he does."""
        told = (visit["id"], visit["technician_id"], visit["planned_start"])
        if told in self._answered:
            return
        self._answered.add(told)
        asked = self.asked.get(visit["id"], 0)
        self.asked[visit["id"]] = asked + 1
        if request is None:
            life = self.day.left_over(visit["id"], visit["category"], visit["duration_minutes"])
        else:
            again = visit["follows"] is not None
            life = self.day.lived(request, visit["site_id"], asked=asked, follow_up=again)
        if life.answer == "silence":
            self.say(f"{visit['technician_id']} does not answer for {visit['number']}")
            return
        self.agenda.at(self.now() + timedelta(seconds=life.answer_seconds), self._answering(visit, life))

    def is_busy(self, technician: str) -> bool:
        """Whether he is under way or at work."""
        mine = (visit for visit in self.visits() if visit["technician_id"] == technician)
        return any(visit["state"] in BUSY_STATES for visit in mine)

    def _answering(self, visit: Visit, life: Lived) -> Act:
        async def act() -> None:
            present = await self._present(visit, {"dispatched"})
            if present is None:
                return
            if life.answer == "decline":
                if await self._step(visit, "decline", {"reason": life.reason}):
                    self.say(f"{visit['technician_id']} declines {visit['number']}: {life.reason}")
            elif await self._step(visit, "acknowledge"):
                late = timedelta(minutes=life.late_minutes)
                self.agenda.at(max(self.now(), _leaves(present)) + late, self._leaving(visit, life))

        return act

    def _leaving(self, visit: Visit, life: Lived) -> Act:
        async def act() -> None:
            present = await self._present(visit, {"acknowledged"})
            if present is None:
                return
            again = self._leaving(visit, life)
            if self.is_busy(visit["technician_id"]):
                self._until_free[visit["technician_id"]].append(again)
                return
            if _leaves(present) > self.now() + EARLY:
                self.agenda.at(_leaves(present), again)
                return
            if not await self._step(visit, "depart"):
                return
            await self.look()
            way = timedelta(minutes=_way(present, life))
            self.agenda.at(self.now() + way, self._arriving(present, life))

        return act

    def _arriving(self, visit: Visit, life: Lived) -> Act:
        async def act() -> None:
            if await self._present(visit, {"en-route"}) is None:
                return
            begins = self.now() + timedelta(minutes=life.waiting_minutes)
            if life.offline:
                ends = begins + timedelta(minutes=life.work_minutes)
                at = places(self.day.firm, (visit["site_id"],))
                self.say(f"{visit['technician_id']} has no network at {at}")
                self.agenda.at(ends + OUT_OF_REACH, self._reporting(visit, life, self.now(), begins, ends))
                return
            await self._step(visit, "arrive")
            then = self._starting(visit, life) if life.begins else self._closing(visit, life, None)
            self.agenda.at(begins, then)

        return act

    def _starting(self, visit: Visit, life: Lived) -> Act:
        async def act() -> None:
            if await self._present(visit, {"arrived", "paused"}) is None:
                return
            await self._step(visit, "start")
            now = self.now()
            ends = now + timedelta(minutes=life.work_minutes)
            self.agenda.at(ends, self._closing(visit, life, now))

        return act

    def _closing(self, visit: Visit, life: Lived, started: datetime | None) -> Act:
        async def act() -> None:
            if await self._present(visit, {"arrived", "started"}) is None:
                return
            await self._close(visit, life, started, self.now())
            self.say(f"{visit['technician_id']} closes {visit['number']}: {ending(life.outcome)}")

        return act

    def _reporting(
        self, visit: Visit, life: Lived, arrived: datetime, started: datetime, ended: datetime
    ) -> Act:
        """What was done without a network is told with the times at which it happened."""

        async def act() -> None:
            if await self._present(visit, {"en-route"}) is None:
                return
            await self._step(visit, "arrive", {"occurred_at": rfc3339(arrived)})
            await self._step(visit, "start", {"occurred_at": rfc3339(started)})
            await self._close(visit, life, started, ended)
            self.say(f"{visit['technician_id']} closes {visit['number']} late: {ending(life.outcome)}")

        return act

    async def _close(self, visit: Visit, life: Lived, started: datetime | None, ended: datetime) -> None:
        minutes = _way(visit, life)
        body = life.closing(
            started_at=started,
            ended_at=ended,
            travel_minutes=minutes,
            kilometres=minutes * KILOMETRES_PER_MINUTE,
            signer="Référent du site",
        )
        await self._step(visit, "close", dict(body))
        await self.look()
        for act in self._until_free.pop(visit["technician_id"], ()):
            self.agenda.at(self.now(), act)

    async def _present(self, visit: Visit, states: set[str]) -> Visit | None:
        """The visit as it is now, if it is still this technician's and in one of these states."""
        dispatcher = Who("dispatcher", self.day.firm.someone("dispatcher"))
        now: Visit = await self.telephone.get(f"/v1/visits/{visit['id']}", dispatcher)
        same = now["technician_id"] == visit["technician_id"] and now["state"] in states
        return now if same else None

    async def _step(self, visit: Visit, verb: str, body: dict[str, Any] | None = None) -> Any:
        """None when the visit was moved at the same moment."""
        technician = visit["technician_id"]
        return await self.telephone.post(
            f"/v1/visits/{visit['id']}/{verb}",
            Who("technician", technician),
            body,
            key=f"{visit['id']}-{verb}-{technician}-{rfc3339(self.now())}",
            fine=TOO_LATE if verb in {"acknowledge", "decline", "depart"} else frozenset(),
        )


def _planned_way(visit: Visit) -> int:
    minutes: int | None = visit.get("travel_minutes")
    return UNKNOWN_WAY_MINUTES if minutes is None else minutes


def _way(visit: Visit, life: Lived) -> int:
    """Minutes that he needs to get there."""
    return round(_planned_way(visit) * life.travel_factor)


def _leaves(visit: Visit) -> datetime:
    """When he has to leave to be there as planned."""
    return parse_rfc3339(visit["planned_start"]) - timedelta(minutes=_planned_way(visit))
