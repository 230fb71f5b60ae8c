"""Where keys are read when the settings name an issuer only."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, Request

from infra.chassis.http.auth import AUDIENCE, Authenticator
from infra.chassis.http.issuer_keys import keys_at, keys_of_issuer
from infra.chassis.http.problems import Problem
from infra.chassis.http.serving import server_of
from tests.infra.chassis.http.shop import JWKS, token


@pytest.fixture
async def issuer() -> AsyncIterator[str]:
    app = FastAPI()
    app.state.closing = asyncio.Event()

    @app.get("/realms/{realm}/.well-known/openid-configuration")
    async def described(request: Request, realm: str) -> dict[str, str]:
        base = f"{request.base_url}realms/"
        return {"issuer": f"{base}firm", "jwks_uri": f"{base}{realm}/protocol/openid-connect/certs"}

    @app.get("/realms/{realm}/protocol/openid-connect/certs")
    async def certs() -> dict[str, Any]:
        return JWKS

    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        server = server_of(app)
        running = asyncio.create_task(server.serve(sockets=[place]))
        await asyncio.wait_for(server.answering.wait(), 10)
        yield f"http://127.0.0.1:{place.getsockname()[1]}/realms"
        server.should_exit = True
        await asyncio.wait_for(running, 10)


async def test_an_issuers_own_description_says_where_its_keys_are(issuer: str) -> None:
    name = f"{issuer}/firm"
    authenticator = Authenticator(jwks=keys_of_issuer(name), issuer=name, audience=AUDIENCE)
    assert (await authenticator.principal(token(iss=name))).subject == "marie"


async def test_a_description_of_another_issuer_is_not_believed(issuer: str) -> None:
    name = f"{issuer}/other"
    with pytest.raises(Problem, match="not-ready"):
        await Authenticator(jwks=keys_of_issuer(name), issuer=name).principal(token(iss=name))


async def test_keys_are_read_at_the_address_that_is_given(issuer: str) -> None:
    assert await keys_at(f"{issuer}/firm/protocol/openid-connect/certs")() == JWKS
