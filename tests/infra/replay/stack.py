"""A stack in memory: what a replay sees of the clock, of tickets and of visits that somebody plans."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.values import parse_rfc3339, rfc3339
from infra.replay.api import Document, Refused
from infra.replay.reference import is_remote

TRAVEL = timedelta(minutes=20)
ANSWER = timedelta(minutes=3)
VISIT_VERBS = {
    "acknowledge": ("dispatched", "acknowledged", "acknowledged_at"),
    "depart": ("acknowledged", "en-route", "departed_at"),
    "arrive": ("en-route", "arrived", "arrived_at"),
    "start": ("arrived", "started", "started_at"),
    "close": ("started", "closed", "ended_at"),
}


@dataclass
class FakeStack:
    """Implements ``Api``. A visit that is asked for is dispatched at the next quiet moment.

    ``technicians`` get visits in turn; one who does not answer within three minutes loses his.
    """

    now: datetime = datetime(2016, 2, 28, 23, tzinfo=UTC)
    technicians: tuple[str, ...] = ("ana", "bob")
    wait: timedelta = TRAVEL
    tickets: dict[str, Document] = field(default_factory=dict)
    visits: dict[str, Document] = field(default_factory=dict)
    written: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    made: list[tuple[str, str]] = field(default_factory=list)
    lost: int = 0
    refuse: dict[str, Refused] = field(default_factory=dict)
    unsent: list[str] = field(default_factory=list)
    nobody: bool = False
    steps: int = 0
    on_step: Callable[[int], None] = lambda taken: None

    async def get(self, path: str, **query: Any) -> Document:
        if path == "/v1/clock":
            return self._clock()
        parts = path.split("/")
        if len(parts) == 4:
            return dict(self.visits[parts[3]])
        kept = self.tickets if path == "/v1/tickets" else self.visits
        names = {"customer": "customer_id", "ticket": "ticket_id"}
        found = [each for each in kept.values() if self._matches(each, query, names)]
        return {"items": [dict(each) for each in found], "next": None}

    async def put(self, path: str, body: Mapping[str, Any]) -> Document:
        self.written[path] = body
        return {}

    async def post(self, path: str, body: Mapping[str, Any], key: str | None = None) -> Document:
        if path == "/v1/clock":
            return self._step(parse_rfc3339(body["to"]))
        assert parse_rfc3339(body["occurred_at"]) <= self.now, f"{path} is dated in the future"
        if key is not None and key in self.keys:
            return dict(self.tickets.get(self.keys[key]) or self.visits[self.keys[key]])
        if refused := self.refuse.get(path.rpartition("/")[2]):
            raise refused
        done = self._open(body) if path == "/v1/tickets" else self._do(path, body)
        if key is not None:
            self.keys[key] = done["id"]
        return dict(done)

    # -- time -------------------------------------------------------------------------------

    def _clock(self) -> Document:
        due = min((self._answer_by(visit) for visit in self._told()), default=None)
        return {"now": rfc3339(self.now), "quiet": True, "next_due": rfc3339(due) if due else None}

    def _step(self, to: datetime) -> Document:
        self.steps += 1
        self.on_step(self.steps)
        self._dispatch()
        self.now = max(self.now, to)
        for visit in self._told():
            if self._answer_by(visit) <= self.now:
                self.lost += 1
                visit["state"] = "waiting"
                self.unsent.append(visit["id"])
        return self._clock()

    def _told(self) -> list[Document]:
        return [visit for visit in self.visits.values() if visit["state"] == "dispatched"]

    def _answer_by(self, visit: Document) -> datetime:
        return parse_rfc3339(visit["dispatched_at"]) + ANSWER

    def _dispatch(self) -> None:
        for visit_id in [] if self.nobody else self.unsent:
            visit = self.visits[visit_id]
            if visit["state"] != "waiting":
                continue
            start = self.now + self.wait
            visit |= {
                "state": "dispatched",
                "technician_id": self.technicians[len(self.made) % len(self.technicians)],
                "dispatched_at": rfc3339(self.now),
                "planned_start": rfc3339(start),
                "planned_end": rfc3339(start + timedelta(minutes=45)),
            }
        if not self.nobody:
            self.unsent = []

    # -- tickets and visits -------------------------------------------------------------------

    def _open(self, body: Mapping[str, Any]) -> Document:
        id = f"t{len(self.tickets) + 1}"
        ticket = {
            "id": id,
            "number": f"T-{len(self.tickets) + 1}",
            "state": "new",
            "customer_id": body["customer_id"],
            "external_reference": body["external_reference"],
            "category": body["category"],
            "declared_at": body["occurred_at"],
            "resolved_at": None,
            "closed_at": None,
        }
        self.tickets[id] = ticket
        self._ask(ticket)
        return ticket

    def _do(self, path: str, body: Mapping[str, Any]) -> Document:
        _, _, kind, id, verb = path.split("/")
        self.made.append((id, verb))
        return self._verb(self.tickets[id], verb, body) if kind == "tickets" else self._move(id, verb, body)

    def _verb(self, ticket: Document, verb: str, body: Mapping[str, Any]) -> Document:
        if verb == "triage" and body.get("category", ticket["category"]) != ticket["category"]:
            self._withdraw(ticket)
            ticket["category"] = body["category"]
            self._ask(ticket)
        elif verb == "resolve":
            self._withdraw(ticket)
            ticket |= {"state": "resolved", "resolved_at": body["occurred_at"]}
        elif verb == "reopen":
            ticket |= {"state": "triaged", "resolved_at": None, "closed_at": None}
            self._ask(ticket)
        elif verb == "close":
            if ticket["state"] != "resolved":
                raise Refused(409, "illegal-transition", "not resolved", {})
            ticket |= {"state": "closed", "closed_at": body["occurred_at"]}
        return ticket

    def _ask(self, ticket: Document) -> None:
        id = f"{ticket['id']}-{sum(each['ticket_id'] == ticket['id'] for each in self.visits.values()) + 1}"
        self.visits[id] = {
            "id": id,
            "ticket_id": ticket["id"],
            "customer_id": ticket["customer_id"],
            "category": ticket["category"],
            "state": "waiting",
            "travel_minutes": 0 if is_remote(ticket["category"]) else TRAVEL.total_seconds() / 60,
            **dict.fromkeys(("technician_id", "planned_start", "planned_end", "started_at", "ended_at")),
        }
        self.unsent.append(id)

    def _withdraw(self, ticket: Document) -> None:
        for visit in self.visits.values():
            if visit["ticket_id"] == ticket["id"] and visit["state"] not in {"closed", "started", "arrived"}:
                visit["state"] = "cancelled"

    def _move(self, id: str, verb: str, body: Mapping[str, Any]) -> Document:
        visit = self.visits[id]
        before, after, dated = VISIT_VERBS[verb]
        if visit["state"] != before:
            raise Refused(409, "illegal-transition", f"{verb} when {visit['state']}", {})
        visit |= {"state": after, dated: body["occurred_at"]}
        if verb == "close":
            assert body["started_at"] == visit["started_at"]
            self.tickets[visit["ticket_id"]] |= {"state": "resolved", "resolved_at": body["occurred_at"]}
        return visit

    @staticmethod
    def _matches(kept: Document, query: Mapping[str, Any], names: Mapping[str, str]) -> bool:
        for name, wanted in query.items():
            if name == "limit":
                continue
            allowed = wanted if isinstance(wanted, list) else [wanted]
            if kept[names.get(name, name)] not in allowed:
                return False
        return True
