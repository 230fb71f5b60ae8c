"""What became of a replay: each incident as it is kept here beside what the log says."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from statistics import quantiles
from typing import Any

from contracts.values import parse_rfc3339, rfc3339
from infra.replay.api import Api, Document, every
from infra.replay.plan import FINISH
from infra.replay.playing import Playing
from infra.replay.reference import is_remote

Report = dict[str, Any]


async def reports_of(api: Api, incidents: Iterable[Playing]) -> list[Report]:
    """One report an incident, from what the API shows now; with all visits that were made on site."""
    played = list(incidents)
    customers = sorted({each.plan.customer_id for each in played})
    tickets: dict[str, list[Document]] = defaultdict(list)
    visits: dict[str, list[Document]] = defaultdict(list)
    for customer in customers:
        for ticket in await every(api, "/v1/tickets", customer=customer):
            tickets[ticket["external_reference"] or ""].append(ticket)
        for visit in await every(api, "/v1/visits", customer=customer):
            visits[visit["ticket_id"]].append(visit)
    return [_report(each, tickets[each.plan.number], visits) for each in played]


def _report(playing: Playing, tickets: Sequence[Document], visits: Mapping[str, list[Document]]) -> Report:
    plan = playing.plan
    ticket = tickets[0] if tickets else None
    made = sorted(visits.get(ticket["id"], ()), key=lambda visit: visit["id"]) if ticket else []
    on_site = [visit for visit in made if not is_remote(visit["category"])]
    closed = [visit for visit in on_site if visit["state"] == "closed"]
    kept = {name: ticket[name] if ticket else None for name in ("resolved_at", "closed_at")}
    logged = {
        "opened_at": _text(plan.opened_at),
        "resolved_at": _text(plan.resolved_at),
        "resolved_at_column": _text(plan.logged_resolved_at),
        "closed_at": _text(plan.closed_at),
    }
    finish = next((step.at for step in plan.steps if step.verb == FINISH), None)
    return {
        "incident": plan.number,
        "work": "on-site" if plan.on_site else "remote",
        "outcome": _outcome(playing, ticket),
        "ticket_id": ticket["id"] if ticket else None,
        "number": ticket["number"] if ticket else None,
        "state": ticket["state"] if ticket else None,
        "rows": plan.rows,
        "idle_rows": plan.idle_rows,
        "done": dict(Counter(playing.done)),
        "logged": logged,
        "kept": {"declared_at": ticket["declared_at"] if ticket else None, **kept},
        "visits": [_visit(visit, finish) for visit in on_site],
        "differences_minutes": {
            **_difference("resolved", kept["resolved_at"], plan.resolved_at),
            **_difference("closed", kept["closed_at"], plan.closed_at),
            **(_difference("planned_end", closed[0]["planned_end"], finish) if closed else {}),
        },
        "tickets": len(tickets),
        "oddities": list(plan.oddities),
        "refusals": playing.refusals,
    }


def _visit(visit: Document, finish: datetime | None) -> Report:
    shown = ("id", "state", "technician_id", "planned_start", "planned_end", "started_at", "ended_at")
    return {**{name: visit[name] for name in shown}, "logged_end": _text(finish)}


def _outcome(playing: Playing, ticket: Document | None) -> str:
    if ticket is None:
        return "refused" if playing.abandoned else "not-played"
    if playing.already:
        return "played-before"
    if playing.unvisited:
        return "unvisited"
    ended = ticket["state"] == "closed" or playing.plan.stays_open
    return "played" if playing.is_over and ended else "unfinished"


def summary_of(
    reports: Sequence[Report], *, rows: int, bad_rows: int, clock_steps: int, seconds: float
) -> Report:
    """The figures over all incidents. Times are in minutes, later than logged being positive."""
    on_site = [report for report in reports if report["work"] == "on-site"]
    visits = [visit for report in reports for visit in report["visits"]]
    states = Counter(visit["state"] for visit in visits)
    return {
        "incidents": len(reports),
        "on_site": len(on_site),
        "remote": len(reports) - len(on_site),
        "on_site_closed_by_technician": sum(
            any(visit["state"] == "closed" for visit in report["visits"]) for report in on_site
        ),
        "outcomes": dict(Counter(report["outcome"] for report in reports)),
        "rows": rows,
        "bad_rows": bad_rows,
        "idle_rows": sum(report["idle_rows"] for report in reports),
        "requests": dict(sum((Counter(report["done"]) for report in reports), Counter[str]())),
        "visits": {
            "asked": len(visits),
            "planned": sum(visit["planned_start"] is not None for visit in visits),
            "closed": states["closed"],
        },
        "differences_minutes": {
            name: _spread(
                [r["differences_minutes"][name] for r in reports if name in r["differences_minutes"]]
            )
            for name in ("resolved", "closed", "planned_end")
        },
        "refusals": dict(Counter(refusal["type"] for report in reports for refusal in report["refusals"])),
        "oddities": dict(Counter(oddity for report in reports for oddity in report["oddities"])),
        "violations": violations_of(reports),
        "clock_steps": clock_steps,
        "seconds": round(seconds, 1),
    }


def violations_of(reports: Iterable[Report]) -> dict[str, int]:
    """What must never be, counted from what the API shows."""
    found = Counter(
        {
            "second_ticket": 0,
            "closed_before_start": 0,
            "closed_before_the_log": 0,
            "technician_in_two_places": 0,
        }
    )
    days: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for report in reports:
        found["second_ticket"] += max(0, report["tickets"] - 1)
        for visit in report["visits"]:
            if visit["state"] != "closed" or visit["started_at"] is None:
                continue
            start, end = parse_rfc3339(visit["started_at"]), parse_rfc3339(visit["ended_at"])
            found["closed_before_start"] += end < start
            logged = visit["logged_end"]
            found["closed_before_the_log"] += logged is not None and end < parse_rfc3339(logged)
            days[visit["technician_id"]].append((start, end))
    for stays in days.values():
        stays.sort()
        found["technician_in_two_places"] += sum(later[0] < earlier[1] for earlier, later in pairwise(stays))
    return dict(found)


def _spread(values: Sequence[float]) -> dict[str, float | int]:
    if not values:
        return {"count": 0}
    cuts = quantiles(values, n=20, method="inclusive") if len(values) > 1 else [values[0]] * 19
    exact = sum(abs(value) < 1 for value in values)
    return {
        "count": len(values),
        "as_logged": exact,
        "p50": round(cuts[9], 1),
        "p95": round(cuts[18], 1),
        "max": max(values),
    }


def _difference(name: str, kept: str | None, logged: datetime | None) -> dict[str, float]:
    if kept is None or logged is None:
        return {}
    return {name: round((parse_rfc3339(kept) - logged).total_seconds() / 60, 1)}


def _text(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)
