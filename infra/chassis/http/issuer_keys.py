"""Where an issuer's public keys are read."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast

import httpx

Jwks = Mapping[str, Any]
FetchJwks = Callable[[], Awaitable[Jwks]]

_TIMEOUT_SECONDS = 5


def keys_at(url: str) -> FetchJwks:
    """The key set that an address serves."""

    async def fetch() -> Jwks:
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
            return await _json(client, url)

    return fetch


def keys_of_issuer(issuer: str) -> FetchJwks:
    """The key set that an OpenID Connect issuer's own description names."""

    async def fetch() -> Jwks:
        described = await described_by(issuer)
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
            if described.get("issuer") != issuer:
                raise ValueError(f"{issuer} calls itself {described.get('issuer')!r} in its description")
            return await _json(client, described["jwks_uri"])

    return fetch


async def described_by(at: str) -> dict[str, Any]:
    """What an OpenID Connect provider says of itself (Discovery 1.0, 4)."""
    async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False) as client:
        return await _json(client, at.rstrip("/") + "/.well-known/openid-configuration")


def keys_given(jwks: Jwks) -> FetchJwks:
    """A key set known beforehand."""

    async def give() -> Jwks:
        return jwks

    return give


async def _json(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    answer = await client.get(url)
    answer.raise_for_status()
    return cast(dict[str, Any], answer.json())
