"""The development issuer: tokens for this machine only."""

import json
import stat
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from infra.chassis.http.auth import DEVELOPMENT_ISSUER, Authenticator
from infra.chassis.http.problems import Problem
from infra.local.errors import StackError
from infra.local.issuer import DevelopmentIssuer
from infra.local.web.issuing import issuer_router

HERE = "http://127.0.0.1:8000"


@pytest.fixture
def issuer(tmp_path: Path) -> DevelopmentIssuer:
    return DevelopmentIssuer(tmp_path / "state", profile="development")


def _client(issuer: DevelopmentIssuer, base: str = HERE) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(issuer_router(issuer))

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base)


async def test_services_that_know_its_keys_take_its_tokens(issuer: DevelopmentIssuer) -> None:
    authenticator = Authenticator(jwks=issuer.jwks, issuer=DEVELOPMENT_ISSUER, profile="development")
    principal = await authenticator.principal(issuer.token("portal", "acme", "it", scopes=["a", "b"]))
    assert (principal.role, principal.customer, principal.subject) == ("portal", "acme", "it")
    assert principal.scopes == {"a", "b"}
    assert (await authenticator.principal(issuer.token("agent"))).subject is None


async def test_a_contract_manager_with_a_name_has_the_contracts_that_name_him(
    issuer: DevelopmentIssuer,
) -> None:
    authenticator = Authenticator(jwks=issuer.jwks, issuer=DEVELOPMENT_ISSUER, profile="development")
    claire = await authenticator.principal(issuer.token("contract-manager", subject="claire"))
    assert claire.manages(["claire"])
    assert not claire.manages(["somebody-else"])
    anybody = await authenticator.principal(issuer.token("contract-manager"))
    assert anybody.manages(["somebody-else"])
    assert anybody.scopes == {"contracts:all"}


async def test_its_tokens_end(tmp_path: Path) -> None:
    now = 1_772_442_000.0
    issuer = DevelopmentIssuer(tmp_path, profile="development", now=lambda: now)
    token = issuer.token("agent", hours=1)
    for later, good in ((3600, True), (3700, False)):
        authenticator = Authenticator(
            jwks=issuer.jwks, issuer=issuer.name, profile="development", now=partial(float, now + later)
        )
        if good:
            await authenticator.principal(token)
        else:
            with pytest.raises(Problem, match="invalid-token"):
                await authenticator.principal(token)


@pytest.mark.parametrize("profile", ["production", "staging", ""])
def test_it_does_not_start_outside_the_development_profile(tmp_path: Path, profile: str) -> None:
    with pytest.raises(StackError, match="ASTREINTE_ISSUER"):
        DevelopmentIssuer(tmp_path, profile=profile)
    assert not list(tmp_path.iterdir())


def test_its_key_is_this_users_alone_and_stays(tmp_path: Path) -> None:
    first = DevelopmentIssuer(tmp_path, profile="development")
    (key,) = tmp_path.iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert DevelopmentIssuer(tmp_path, profile="development").jwks == first.jwks
    assert "d" not in first.jwks["keys"][0]


def test_a_key_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    DevelopmentIssuer(tmp_path, profile="development")
    (key,) = tmp_path.iterdir()
    key.chmod(0o644)
    with pytest.raises(StackError, match="chmod 600"):
        DevelopmentIssuer(tmp_path, profile="development")


def test_a_broken_key_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    DevelopmentIssuer(tmp_path, profile="development")
    (key,) = tmp_path.iterdir()
    key.write_text(json.dumps({"kty": "nonsense"}))
    with pytest.raises(StackError, match="remove it"):
        DevelopmentIssuer(tmp_path, profile="development")


def test_it_makes_no_token_that_no_service_would_take(issuer: DevelopmentIssuer) -> None:
    with pytest.raises(ValueError, match="no role 'emperor'"):
        issuer.token("emperor")
    with pytest.raises(ValueError, match="needs a customer"):
        issuer.token("requester")
    for role in ("technician", "requester", "site-contact"):
        with pytest.raises(ValueError, match="needs a subject"):
            issuer.token(role, "acme")


async def test_an_application_gets_a_token_by_code_and_proof(issuer: DevelopmentIssuer) -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    asked = {
        "response_type": "code",
        "redirect_uri": f"{HERE}/callback",
        "state": "s1",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    async with _client(issuer) as client:
        form = await client.get("/issuer/authorize", params=asked)
        assert 'name="state" value="s1"' in form.text
        back = await client.get(
            "/issuer/authorize", params={**asked, "role": "dispatcher", "subject": "dora"}
        )
        answer = parse_qs(urlsplit(back.headers["location"]).query)
        assert answer["state"] == ["s1"]
        exchange = {
            "grant_type": "authorization_code",
            "code": answer["code"][0],
            "redirect_uri": f"{HERE}/callback",
            "code_verifier": verifier,
        }
        got = await client.post("/issuer/token", data=exchange)
        with pytest.raises(Problem, match="refused"):
            await client.post("/issuer/token", data=exchange)
    authenticator = Authenticator(jwks=issuer.jwks, issuer=issuer.name, profile="development")
    principal = await authenticator.principal(got.json()["access_token"])
    assert (principal.role, principal.subject) == ("dispatcher", "dora")


@pytest.mark.parametrize(
    "change", [{"code_verifier": "wrong"}, {"redirect_uri": f"{HERE}/elsewhere"}, {"code": "x"}]
)
async def test_a_code_without_its_proof_gives_nothing(
    issuer: DevelopmentIssuer, change: dict[str, str]
) -> None:
    asked = {
        "response_type": "code",
        "redirect_uri": f"{HERE}/callback",
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "role": "admin",
    }
    async with _client(issuer) as client:
        back = await client.get("/issuer/authorize", params=asked)
        code = parse_qs(urlsplit(back.headers["location"]).query)["code"][0]
        exchange = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": f"{HERE}/callback",
            "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        }
        with pytest.raises(Problem, match="refused"):
            await client.post("/issuer/token", data={**exchange, **change})


async def test_a_page_that_rebinds_its_name_to_this_machine_gets_no_token(issuer: DevelopmentIssuer) -> None:
    async with _client(issuer, "http://evil.example:8000") as client:
        for path in ("/issuer?role=admin", f"/issuer/authorize?role=admin&redirect_uri={HERE}/"):
            with pytest.raises(Problem, match="refused"):
                await client.get(path)
        with pytest.raises(Problem, match="refused"):
            await client.post("/issuer/token", data={"grant_type": "client_credentials", "role": "admin"})


async def test_no_code_is_sent_off_this_machine(issuer: DevelopmentIssuer) -> None:
    async with _client(issuer) as client:
        for elsewhere in ("https://evil.example/", "http://127.0.0.1.evil.example/", "//evil.example"):
            with pytest.raises(Problem, match="refused"):
                await client.get("/issuer/authorize", params={"role": "admin", "redirect_uri": elsewhere})
