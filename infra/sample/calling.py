"""How the sample's people reach the platform: each with a token of his own."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from infra.chassis.failed import Failed
from infra.local.issuer import DevelopmentIssuer

NOT_FOUND = frozenset({404})
TOO_LATE = frozenset({404, 409})
"""What may have moved on at the same moment."""


@dataclass(frozen=True)
class Who:
    """Whose token: ``customer`` on the customer's side."""

    role: str
    subject: str
    customer: str | None = None


@dataclass
class Telephone:
    """One line to the platform for all of them."""

    client: httpx.AsyncClient
    issuer: DevelopmentIssuer
    _tokens: dict[Who, str] = field(default_factory=dict)

    async def get(self, path: str, who: Who, *, fine: frozenset[int] = frozenset(), **query: Any) -> Any:
        """None where the answer is one that is ``fine``."""
        return await self._call("GET", path, who, fine=fine, query=query)

    async def post(
        self,
        path: str,
        who: Who,
        body: dict[str, Any] | None = None,
        *,
        key: str | None = None,
        fine: frozenset[int] = frozenset(),
    ) -> Any:
        """None where the refusal is one that is ``fine``."""
        return await self._call("POST", path, who, fine=fine, body=body or {}, key=key)

    async def follow(self, path: str, who: Who) -> AsyncIterator[dict[str, Any]]:
        """The events of a live stream, from now on."""
        async with self.client.stream("GET", path, headers=self._headers(who), timeout=None) as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "data":
                    yield json.loads(value)

    def _headers(self, who: Who) -> dict[str, str]:
        if who not in self._tokens:
            self._tokens[who] = self.issuer.token(who.role, who.customer, who.subject)
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    async def _call(
        self,
        method: str,
        path: str,
        who: Who,
        *,
        fine: frozenset[int],
        body: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> Any:
        headers = self._headers(who)
        if key is not None:
            headers["Idempotency-Key"] = key
        answer = await self.client.request(method, path, json=body, params=query, headers=headers)
        if answer.status_code in fine:
            return None
        if not answer.is_success:
            raise Failed(f"{method} {path} as {who.role} {who.subject}: {answer.status_code} {answer.text}")
        return answer.json()
