"""A browser is signed in by a cookie: it opens pages, and only our own pages change anything with it."""

import re
from typing import Annotated, Any
from urllib.parse import parse_qs

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response

from infra.chassis.http.auth import Authenticator, allow
from infra.chassis.http.principal import Principal
from infra.chassis.web.pages import Pages
from infra.chassis.web.signing_in import Provider, local_path, session_router
from tests.infra.chassis.http.shop import ISSUER, JWKS, Shop, make_shop, token

HOST = "http://shop.example"
THING = {"name": "anvil"}
KEYED = {"Idempotency-Key": "k"}


def shop_with_pages(provider: str = "") -> Shop:
    pages = Pages("services.notify.web", "/session", "/sla")
    router = APIRouter(include_in_schema=False)

    @router.get("/sla")
    async def page(request: Request, who: Annotated[Principal, allow("screens:sla")]) -> Response:
        return pages.page(request, "signed-out.html")

    authenticator = Authenticator(jwks=JWKS, issuer=ISSUER, profile="development")
    sessions = session_router(pages, Provider(provider, "astreinte"))
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
    """An OpenID Connect provider of three addresses, which checks what it is asked."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {"token_type": "Bearer"}
        self.asked: dict[str, list[str]] = {}
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self._described)
        self.app.post("/token")(self._token)

    async def _described(self, request: Request) -> Response:
        at = str(request.base_url)
        return JSONResponse(
            {"issuer": at, "authorization_endpoint": f"{at}authorize", "token_endpoint": f"{at}token"}
        )

    async def _token(self, request: Request) -> Response:
        self.asked = parse_qs((await request.body()).decode())
        if self.asked["code"] != ["good"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(self.given)
