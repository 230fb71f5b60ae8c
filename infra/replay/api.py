"""The HTTP API as the player uses it: retries what may be retried, says what was refused."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

import httpx

from infra.chassis.failed import Failed

AT_ONCE = 16
"""Requests under way at the same time; more would only wait for each other."""

TRIES = 8
LONGEST_WAIT_SECONDS = 30.0
TIMEOUT_SECONDS = 30.0
CLOCK_TIMEOUT_SECONDS = 180.0
"""Stepping answers once everything is quiet."""

AGAIN = frozenset({429, 502, 503, 504})
IN_PROGRESS = "idempotency-in-progress"
PAGE = 200

Document = dict[str, Any]


class Refused(Exception):
    """The API said no; ``type`` is the problem's short name."""

    def __init__(self, status: int, type: str, detail: str, members: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {type}: {detail}")
        self.status = status
        self.type = type
        self.detail = detail
        self.members = members


class Unreachable(Failed):
    """Nobody answers at the address, or not to this token."""


class Api(Protocol):
    """What the player asks for; paths begin with ``/v1``."""

    async def get(self, path: str, **query: Any) -> Document: ...

    async def put(self, path: str, body: Mapping[str, Any]) -> Document: ...

    async def post(self, path: str, body: Mapping[str, Any], key: str | None = None) -> Document: ...


async def every(api: Api, path: str, **query: Any) -> list[Document]:
    """All items of a list, page by page."""
    found: list[Document] = []
    cursor: str | None = None
    while True:
        page = await api.get(path, limit=PAGE, **query, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


@dataclass(frozen=True)
class Tokens:
    """A bearer token for each part that the replay plays. One token alone has to be an administrator's."""

    admin: str
    agent: str
    dispatcher: str

    @classmethod
    def of(cls, tokens: Mapping[str, str]) -> Self:
        """Of ``{role: token}``; ``Failed`` when there is no administrator's."""
        admin = tokens.get("admin")
        if not admin:
            raise Failed(
                "There is no admin token among them; take the file that `astreinte up --ready` wrote."
            )
        return cls(admin, tokens.get("agent", admin), tokens.get("dispatcher", admin))

    def for_path(self, method: str, path: str) -> str:
        if path.startswith("/v1/tickets"):
            return self.agent
        if path.startswith("/v1/visits"):
            return self.dispatcher
        return self.admin


class HttpApi:
    """``Api`` over HTTP; use it as a context manager."""

    def __init__(self, url: str, tokens: Tokens) -> None:
        self._url = url
        self._tokens = tokens
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)
        self._free = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def get(self, path: str, **query: Any) -> Document:
        return await self._ask("GET", path, params=query)

    async def put(self, path: str, body: Mapping[str, Any]) -> Document:
        return await self._ask("PUT", path, json=body)

    async def post(self, path: str, body: Mapping[str, Any], key: str | None = None) -> Document:
        headers = {"Idempotency-Key": key} if key else {}
        return await self._ask("POST", path, json=body, headers=headers)

    async def _ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **request: Any
    ) -> Document:
        bearer = {"Authorization": f"Bearer {self._tokens.for_path(method, path)}"}
        timeout = CLOCK_TIMEOUT_SECONDS if path == "/v1/clock" else TIMEOUT_SECONDS
        tried = 0
        while True:
            tried += 1
            try:
                async with self._free:
                    response = await self._client.request(
                        method, path, headers={**bearer, **(headers or {})}, timeout=timeout, **request
                    )
            except httpx.TransportError as error:
                if tried == TRIES or isinstance(error, httpx.ConnectError):
                    raise Unreachable(
                        f"{self._url} does not answer ({type(error).__name__}); start a stack with "
                        "`astreinte up` and name it with --url or --ready."
                    ) from error
                await asyncio.sleep(0.2 * tried)
                continue
            if response.is_success:
                document: Document = response.json()
                return document
            refused = _refused(response)
            if refused.status not in AGAIN and refused.type != IN_PROGRESS:
                raise refused
            if tried == TRIES:
                raise Unreachable(
                    f"{self._url} cannot take more work now ({refused}); run the same command again."
                )
            await asyncio.sleep(_wait(response, tried))


@asynccontextmanager
async def connected(url: str, tokens: Tokens) -> AsyncIterator[tuple[HttpApi, Document]]:
    """The API and what its clock says; ``Unreachable`` with what to do when there is none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Unreachable(f"{url} is not an address; give one such as http://127.0.0.1:8000.")
    async with HttpApi(url, tokens) as api:
        yield api, await _clock(api, url)


async def _clock(api: HttpApi, url: str) -> Document:
    try:
        return await api.get("/v1/clock")
    except Refused as refused:
        if refused.status in {401, 403}:
            raise Unreachable(
                f"{url} does not take this token ({refused.detail}); a replay needs an administrator's: "
                "`astreinte token admin` prints one for ASTREINTE_TOKEN, or use --ready."
            ) from refused
        raise Unreachable(
            f"{url} has no domain clock ({refused.status}); replays need a development stack: `astreinte up`."
        ) from refused


def _refused(response: httpx.Response) -> Refused:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    type = str(problem.get("type", "unexpected")).rpartition("/")[2].rpartition(":")[2]
    detail = str(problem.get("detail") or problem.get("title") or response.reason_phrase)
    if errors := problem.get("errors"):
        detail = f"{detail} {errors}"
    return Refused(response.status_code, type, detail, problem)


def _wait(response: httpx.Response, tried: int) -> float:
    given = response.headers.get("Retry-After", "")
    return min(float(given), LONGEST_WAIT_SECONDS) if given.isdigit() else 0.2 * tried
