"""A browser is signed in by a cookie: it opens pages, and only our own pages change anything with it."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response

from infra.chassis.http.auth import Authenticator, allow
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import Problem
from infra.chassis.http.tenants import Tenant
from infra.chassis.http.vouching import Authenticators, BrokenGlass, digest_of
from infra.chassis.web.pages import Pages
from infra.chassis.web.signing_in import local_path, session_router
from tests.infra.chassis.http.shop import ISSUER, JWKS, Shop, make_shop, token
from tests.listening import Listening
from tests.servers import free_port

HOST = "http://shop.example"
CODE, LINK_KEY = "the code in the safe", "k" * 32
THING = {"name": "anvil"}
KEYED = {"Idempotency-Key": "k"}


def shop_with_pages(*tenants: Tenant, link_key: str = "") -> Shop:
    pages = Pages("services.notify.web", "/session", "/sla")
    router = APIRouter(include_in_schema=False)

    @router.get("/sla")
    async def page(request: Request, who: Annotated[Principal, allow("screens:sla")]) -> Response:
        return pages.page(request, "signed-out.html")

    tenants = tenants or (Tenant(ISSUER),)
    each_for_its_own = [
        Authenticator(jwks=JWKS, issuer=each.issuer, tenant=each, profile="development") for each in tenants
    ]
    authenticator = Authenticators(each_for_its_own, link_key=link_key)
    sessions = session_router(pages, tenants, BrokenGlass(digest_of(CODE), link_key))
    return make_shop(authenticator=authenticator, routers=[router, sessions], pages=pages)


def browser(shop: Shop, role: str | None = None, **headers: str) -> httpx.AsyncClient:
    client = shop.client(**headers)
    if role is not None:
        client.cookies.set("astreinte", token(role), "shop.example")
    return client


async def test_the_cookie_is_as_good_as_a_bearer_token_for_reading() -> None:
    async with browser(shop_with_pages(), "agent") as client:
        assert (await client.get("/v1/things")).status_code == 200


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": HOST}, 403),
        ({"Origin": HOST}, 201),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_a_change_by_cookie_comes_from_our_own_pages(said: dict[str, str], status: int) -> None:
    shop = shop_with_pages()
    async with browser(shop, "agent", **said) as client:
        answer = await client.post("/v1/things", json=THING, headers=KEYED)
    assert answer.status_code == status, answer.text
    assert len(shop.things) == (status == 201)
    if status == 403:
        assert answer.json()["type"] == "/problems/cross-site"


async def test_a_program_with_a_token_needs_no_page() -> None:
    async with shop_with_pages().client(token(), **{"Sec-Fetch-Site": "cross-site"}) as client:
        assert (await client.post("/v1/things", json=THING, headers=KEYED)).status_code == 201


async def test_in_production_only_the_cookie_that_no_neighbour_can_set_counts() -> None:
    shop = make_shop()
    async with shop.client(Cookie=f"astreinte={token()}") as client:
        assert (await client.get("/v1/things")).status_code == 401
    async with shop.client(Cookie=f"__Host-astreinte={token()}") as client:
        assert (await client.get("/v1/things")).status_code == 200


async def test_a_page_leads_whoever_is_nobody_to_signing_in_and_a_part_of_it_says_so() -> None:
    async with browser(shop_with_pages()) as client:
        page = await client.get("/sla?state=breached")
        part = await client.get("/sla", headers={"HX-Request": "true"})
    assert page.status_code == 303
    assert page.headers["location"] == "/session/sign-in?next=%2Fsla%3Fstate%3Dbreached"
    assert part.status_code == 401
    assert "<html" not in part.text
    assert "Sign in again in another tab" in part.text


async def test_what_a_page_refuses_is_a_page_in_the_readers_language() -> None:
    async with browser(shop_with_pages(), "technician", **{"Accept-Language": "fr"}) as client:
        refused = await client.get("/sla")
        missing = await client.get("/sla/nothing")
    assert (refused.status_code, missing.status_code) == (403, 404)
    assert refused.headers["content-type"].startswith("text/html")
    assert "Votre rôle ne permet pas cela" in refused.text
    assert 'lang="fr"' in missing.text


async def test_a_page_allows_no_script_but_its_own() -> None:
    async with browser(shop_with_pages(), "contract-manager") as client:
        first, second = [await client.get("/sla") for _ in range(2)]
    policy = first.headers["content-security-policy"]
    nonce = re.search(r"script-src 'nonce-([^']+)' 'strict-dynamic';", policy)
    assert nonce is not None
    assert re.findall(r"<script nonce=\"([^\"]+)\"", first.text) == [nonce[1]] * first.text.count("<script")
    assert nonce[1] not in second.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "style=" not in first.text


async def test_a_file_is_kept_for_ever_under_the_address_that_changes_with_it() -> None:
    async with browser(shop_with_pages(), "contract-manager") as client:
        page = await client.get("/sla")
        address = re.search(r'href="(/sla/-/[^"]+/app\.css)"', page.text)
        assert address is not None
        now = await client.get(address[1])
        before = await client.get("/sla/-/older/app.css")
        missing = await client.get("/sla/-/older/no.css")
    assert "immutable" in now.headers["cache-control"]
    assert now.headers["content-encoding"] == "gzip"
    assert before.headers["cache-control"] == "no-cache"
    assert before.text == now.text
    assert missing.status_code == 404


async def test_language_and_theme_are_the_browsers_choice() -> None:
    async with browser(shop_with_pages(), "contract-manager", Origin=HOST) as client:
        chosen = await client.post(
            "/session/look", data={"language": "fr", "theme": "dark", "next": "/sla?a=b"}
        )
        page = await client.get("/sla", headers={"Accept-Language": "en"})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/sla?a=b")
    assert '<html lang="fr" data-theme="dark">' in page.text


@pytest.mark.parametrize(
    "asked",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", ""],
)
def test_signing_in_leads_back_to_our_own_pages_only(asked: str) -> None:
    assert local_path(asked) == "/session"


class AnyProvider:
    """An OpenID Connect provider of two addresses, which checks what it is asked."""

    def __init__(self, **given: str) -> None:
        self.given = given
        self.challenge = ""
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self._described)
        self.app.post("/token")(self._token)

    async def _described(self, request: Request) -> Response:
        at = str(request.base_url)
        return JSONResponse(
            {"issuer": at, "authorization_endpoint": f"{at}authorize?kept=1", "token_endpoint": f"{at}token"}
        )

    async def _token(self, request: Request) -> Response:
        asked = parse_qs((await request.body()).decode())
        proof = hashlib.sha256(asked["code_verifier"][0].encode()).digest()
        fits = base64.urlsafe_b64encode(proof).decode().rstrip("=") == self.challenge
        if asked["code"] != ["good"] or not fits:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"token_type": "Bearer", **self.given})

    def asked(self, address: str) -> dict[str, str]:
        """What an address leads a browser to ask it; it keeps the challenge."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.challenge = asked["code_challenge"]
        return asked


@asynccontextmanager
async def signing_in(provider: AnyProvider) -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, str]]]:
    """A browser that was led to the provider from /sla, and what it asks there."""
    listening = Listening(provider.app)
    await listening.open()
    try:
        tenant = Tenant(ISSUER, at=listening.url)
        async with browser(shop_with_pages(tenant)) as client:
            led = await client.get("/session/sign-in", params={"next": "/sla"})
            assert led.status_code == 303
            yield client, provider.asked(led.headers["location"])
    finally:
        await listening.close()


@pytest.mark.parametrize("given", [("access_token", {}), ("id_token", {"access_token": "opaque"})])
async def test_whoever_signs_in_at_the_provider_comes_back_to_the_page_that_he_asked_for(
    given: tuple[str, dict[str, str]],
) -> None:
    name, beside = given
    provider = AnyProvider(**beside, **{name: token("contract-manager")})
    async with signing_in(provider) as (client, asked):
        assert asked["response_type"] == "code"
        assert asked["client_id"] == "astreinte"
        assert asked["redirect_uri"] == f"{HOST}/session/callback"
        assert asked["kept"] == "1"
        back = await client.get("/session/callback", params={"code": "good", "state": asked["state"]})
        page = await client.get(back.headers["location"])
        assert (back.headers["location"], page.status_code) == ("/sla", 200)
        kept = back.headers.get_list("set-cookie")
        [session] = [each for each in kept if each.startswith("astreinte=")]
        assert "HttpOnly" in session
        assert "SameSite=lax" in session
        signed_out = await client.post("/session/sign-out", headers={"Origin": HOST})
        assert "You are signed out" in signed_out.text
        assert (await client.get("/sla")).status_code == 303


@pytest.mark.parametrize(
    ("came", "why"),
    [
        ({"code": "stolen"}, "the provider took back its code"),
        ({"code": "good", "state": "another"}, "it was begun in another browser"),
        ({"error": "access_denied", "error_description": "not in the group"}, "not in the group"),
    ],
)
async def test_a_sign_in_that_does_not_succeed_says_why_and_signs_nobody_in(
    came: dict[str, str], why: str
) -> None:
    async with signing_in(AnyProvider(access_token=token())) as (client, asked):
        refused = await client.get("/session/callback", params={"state": asked["state"], **came})
        assert refused.status_code == 400
        assert why in refused.text
        assert "astreinte" not in client.cookies


async def test_a_token_of_the_wrong_issuer_signs_nobody_in() -> None:
    foreign = token(iss="https://elsewhere.example")
    async with signing_in(AnyProvider(access_token=foreign)) as (client, asked):
        refused = await client.get("/session/callback", params={"code": "good", "state": asked["state"]})
    assert refused.status_code == 400
    assert "its claim &#39;iss&#39; does not fit" in refused.text
    assert "astreinte" not in client.cookies


async def test_a_provider_that_does_not_answer_is_said_to_be_away() -> None:
    away = Tenant(ISSUER, at=f"http://127.0.0.1:{free_port()}")
    async with browser(shop_with_pages(away)) as client:
        led = await client.get("/session/sign-in")
    assert led.status_code == 503
    assert "the identity provider does not answer" in led.text
    assert led.headers["retry-after"] == "2"


async def test_whoever_may_have_his_account_at_several_providers_is_asked_at_which() -> None:
    clients = Tenant("https://acme.example", customer="acme", name="Acme")
    async with browser(shop_with_pages(Tenant(ISSUER, name="Nova"), clients)) as client:
        asked = await client.get("/session/sign-in", params={"next": "/sla"})
        unknown = await client.get("/session/sign-in", params={"at": "https://evil.example"})
    for page in (asked, unknown):
        assert page.status_code == 200
        assert re.findall(r'<a class="button" href="[^"]+">([^<]+)</a>', page.text) == ["Nova", "Acme"]
    assert "at=https%3A//acme.example&amp;next=/sla" in asked.text


async def test_whoever_has_the_code_is_an_administrator_for_an_hour_without_any_provider() -> None:
    shop = shop_with_pages(link_key=LINK_KEY)
    async with browser(shop, Origin=HOST) as client:
        wrong = await client.post("/session/break-glass", data={"code": "a guess"})
        assert (wrong.status_code, "This is not the code" in wrong.text) == (403, True)
        assert (await client.get("/v1/things")).status_code == 401
        opened = await client.post("/session/break-glass", data={"code": CODE})
        assert (opened.status_code, opened.headers["location"]) == (303, "/session")
        assert "Max-Age=3600" in opened.headers["set-cookie"]
        assert (await client.get("/session")).headers["location"] == "/desk"
        assert (await client.get("/sla")).status_code == 200


async def test_a_session_through_the_glass_ends_and_cannot_be_made_without_the_key() -> None:
    now = [1_772_442_000.0]
    session = BrokenGlass(digest_of(CODE), LINK_KEY).session(CODE, now[0])
    assert session is not None
    issuer = Authenticator(jwks=JWKS, issuer=ISSUER)
    ours = Authenticators([issuer], link_key=LINK_KEY, now=lambda: now[0])
    another = Authenticators([issuer], link_key="x" * 32, now=lambda: now[0])
    assert (await ours.principal(session)).actor == "admin:break-glass"
    with pytest.raises(Problem, match="invalid-token"):
        await another.principal(session)
    now[0] += 3601
    with pytest.raises(Problem, match="invalid-token"):
        await ours.principal(session)
    assert BrokenGlass(digest_of(CODE), "").session(CODE, now[0]) is None
    assert BrokenGlass("", LINK_KEY).session("", now[0]) is None
