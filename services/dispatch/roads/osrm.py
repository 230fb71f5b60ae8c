"""Ask an OSRM-compatible ``table`` service how long ways take (project-osrm.org/docs, HTTP API, table)."""

import asyncio
import json
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any, Self

import httpx

from contracts.values import Point
from services.dispatch.planning.known_roads import Asked, point_of
from services.dispatch.planning.travel import DEFAULT_TRAVEL

TIMEOUT_SECONDS = 10.0
TRIES = 3
MOST_PLACES = 100
"""Of one request: what osrm-routed takes unless it is told otherwise (``--max-table-size``)."""

MOST_BYTES = 1_000_000
MOST_SECONDS, MOST_METRES = 24 * 3600.0, 5e6
MOST_KMH = 200.0
"""As the crow flies: who answers with more than that knows nothing of the region."""

NEAR_KM = 1.0
"""The ends may be moved so far to the next road."""

Row = list[float]

_BUSY = frozenset({408, 425, 429})


class Unanswered(Exception):
    """The service gave no table that can be used: ``why`` is unreachable, slow, refused or nonsense."""

    def __init__(self, why: str, detail: str) -> None:
        super().__init__(f"{why}: {detail}")
        self.why = why


class Refused(Unanswered):
    """It answers, and not this: asking again does not help. ``code`` is OSRM's."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__("refused", f"{code} {detail}".strip())
        self.code = code


class TableService:
    """``address`` is what comes before ``/table/v1/driving/…``; after ``pause`` seconds it tries again."""

    def __init__(self, address: str, *, timeout: float = TIMEOUT_SECONDS, pause: float = 0.3) -> None:
        self._address = address.rstrip("/")
        self._timeout = timeout
        self._pause = pause
        self._most = MOST_PLACES

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(timeout=self._timeout, trust_env=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def around(self, place: int, others: Sequence[int]) -> list[Asked]:
        """The seconds from a place to each of the others and back. ``Unanswered`` if it does not say."""
        found: list[Asked] = []
        while len(found) < len(others):
            part = others[len(found) : len(found) + self._most - 1]
            try:
                found += await self._part(place, part)
            except Refused as refused:
                if refused.code != "TooBig" or len(part) < 2:
                    raise
                self._most = len(part) // 2 + 1
        return found

    async def _part(self, place: int, others: Sequence[int]) -> list[Asked]:
        points = [point_of(each) for each in (place, *others)]
        rest = ";".join(str(n + 1) for n in range(len(others)))
        there = await self._table(points, {"sources": "0", "destinations": rest})
        out = _read(there, points[:1], points[1:])[0]
        back = await self._table(points, {"sources": rest, "destinations": "0"})
        home = [row[0] for row in _read(back, points[1:], points[:1])]
        return list(zip(others, out, home, strict=True))

    async def _table(self, points: Sequence[Point], ends: Mapping[str, str]) -> Mapping[str, Any]:
        where = ";".join(f"{each.longitude:.3f},{each.latitude:.3f}" for each in points)
        url = f"{self._address}/table/v1/driving/{where}"
        for attempt in range(1, TRIES + 1):
            try:
                async with asyncio.timeout(self._timeout):
                    return await self._get(url, {**ends, "annotations": "duration,distance"})
            except Refused:
                raise
            except Unanswered as failed:
                if attempt == TRIES or failed.why == "nonsense":
                    raise
            except TimeoutError:
                if attempt == TRIES:
                    raise Unanswered("slow", f"nothing within {self._timeout:g} s") from None
            except httpx.HTTPError as error:
                if attempt == TRIES:
                    why = "slow" if isinstance(error, httpx.TimeoutException) else "unreachable"
                    raise Unanswered(why, repr(error)) from error
            await asyncio.sleep(self._pause * attempt * random.uniform(0.5, 1.5))
        raise AssertionError("the last attempt returns or raises")

    async def _get(self, url: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        async with self._client.stream("GET", url, params=parameters) as answer:
            content = b""
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise Unanswered("nonsense", f"more than {MOST_BYTES} bytes")
        status = answer.status_code
        if answer.is_server_error or status in _BUSY:
            raise Unanswered("unreachable", f"status {status}")
        try:
            found = json.loads(content)
        except (ValueError, RecursionError):
            raise Unanswered("nonsense", f"status {status} without JSON") from None
        if not isinstance(found, dict):
            raise Unanswered("nonsense", f"status {status} without an object")
        code = found.get("code")
        if status == httpx.codes.OK and code == "Ok":
            return found
        if status == httpx.codes.BAD_REQUEST and isinstance(code, str):
            raise Refused(code, str(found.get("message", ""))[:200])
        raise Unanswered("nonsense", f"status {status}, code {str(code)[:50]!r}")


def _read(found: Mapping[str, Any], sources: Sequence[Point], destinations: Sequence[Point]) -> list[Row]:
    """Seconds by source and destination, whole and a minute at least; NaN where there is no road."""
    durations = _table(found, "durations", len(sources), len(destinations))
    distances = _table(found, "distances", len(sources), len(destinations))
    return [
        [
            _seconds(duration, distance, _straight_km(a, b))
            for duration, distance, b in zip(times, lengths, destinations, strict=True)
        ]
        for times, lengths, a in zip(durations, distances, sources, strict=True)
    ]


def _table(found: Mapping[str, Any], name: str, rows: int, columns: int) -> list[list[Any]]:
    table = found.get(name)
    if (
        not isinstance(table, list)
        or len(table) != rows
        or not all(isinstance(row, list) and len(row) == columns for row in table)
    ):
        raise Unanswered("nonsense", f"{name} are no table of {rows} by {columns}")
    return table


def _seconds(duration: Any, distance: Any, straight_km: float) -> float:
    if duration is None:
        return math.nan
    if not _is_amount(duration, MOST_SECONDS) or not (distance is None or _is_amount(distance, MOST_METRES)):
        raise Unanswered("nonsense", f"a way of {str(duration)[:20]} s and {str(distance)[:20]} m")
    if straight_km - NEAR_KM > MOST_KMH * duration / 3600:
        raise Unanswered("nonsense", f"{straight_km:.0f} km in {duration:.0f} s")
    return max(float(DEFAULT_TRAVEL.minimum_seconds), float(math.ceil(duration)))


def _is_amount(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most


def _straight_km(a: Point, b: Point) -> float:
    return DEFAULT_TRAVEL.kilometres(a, b) / DEFAULT_TRAVEL.detour
