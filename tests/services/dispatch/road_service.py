"""A real HTTP server that answers as OSRM's table service does, and can be told to misbehave."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from contracts.values import Point
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from tests.listening import Listening

Table = dict[str, Any]
Spoilt = Callable[[Table], tuple[int, str]]


def as_it_is(table: Table) -> tuple[int, str]:
    return 200, json.dumps(table)


@dataclass
class RoadService:
    """Every way takes ``pace`` times as long as the great circle says; what it answers is ``spoilt``.

    ``asked`` are the places of each request.
    """

    pace: float = 2.0
    most: int = 100
    spoilt: Spoilt = as_it_is
    hangs: bool = False
    asked: list[list[Point]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listening = Listening(self._serve)
        self.open, self.close = self._listening.open, self._listening.close

    @property
    def url(self) -> str:
        return self._listening.url

    async def __aenter__(self) -> "RoadService":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        head, _, where = request.url.path.rpartition("/")
        query = {name: values[0] for name, values in parse_qs(request.url.query).items()}
        points = [
            Point(latitude=float(latitude), longitude=float(longitude))
            for longitude, latitude in (each.split(",") for each in where.split(";"))
        ]
        assert head == "/table/v1/driving"
        assert query["annotations"] == "duration,distance"
        self.asked.append(points)
        if self.hangs:
            await asyncio.Event().wait()
        if len(points) > self.most:
            status, text = 400, json.dumps({"code": "TooBig", "message": "Too many table coordinates"})
        else:
            sources, destinations = (
                [points[int(n)] for n in query[ends].split(";")] for ends in ("sources", "destinations")
            )
            status, text = self.spoilt(self._table(sources, destinations))
        await Response(text, status, media_type="application/json")(scope, receive, send)

    def _table(self, sources: list[Point], destinations: list[Point]) -> Table:
        def seconds(a: Point, b: Point) -> float:
            return self.pace * DEFAULT_TRAVEL.seconds(a, b) + (a.longitude > b.longitude)

        return {
            "code": "Ok",
            "durations": [[seconds(a, b) for b in destinations] for a in sources],
            "distances": [[1000 * DEFAULT_TRAVEL.kilometres(a, b) for b in destinations] for a in sources],
            "sources": [{"location": [a.longitude, a.latitude]} for a in sources],
            "destinations": [{"location": [b.longitude, b.latitude]} for b in destinations],
        }
