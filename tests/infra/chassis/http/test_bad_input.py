"""Each bad request is answered by a problem of a stable type, and nothing is stored."""

import base64
import hmac
import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from infra.chassis.http.auth import AUDIENCE
from infra.chassis.http.problem_types import CHASSIS_PROBLEMS
from tests.infra.chassis.http.shop import ISSUER, KEY, Shop, make_shop, token

GOOD = {"name": "printer", "parts": [{"sku": "fuse", "quantity": 1}]}


@pytest.fixture(scope="module")
def only_shop() -> Shop:
    return make_shop()


@pytest.fixture
def shop(only_shop: Shop) -> Shop:
    only_shop.things.clear()
    only_shop.keys.clear()
    return only_shop


async def post(
    shop: Shop, *, bearer: str | None = None, content: Any = None, **changes: Any
) -> httpx.Response:
    headers = {"Idempotency-Key": "k-1", "Content-Type": "application/json"} | changes.pop("headers", {})
    headers = {name: value for name, value in headers.items() if value is not None}
    async with shop.client(bearer if bearer is not None else token(), **headers) as client:
        if content is not None:
            return await client.post("/v1/things", content=content)
        body = {**GOOD, **changes}
        return await client.post("/v1/things", json={k: v for k, v in body.items() if v is not ...})


def assert_problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["type"]) == (status, f"/problems/{slug}"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"].startswith("/")
    assert problem["correlation_id"] == answer.headers["x-correlation-id"]
    return problem


async def test_a_good_request_is_stored(shop: Shop) -> None:
    answer = await post(shop)
    assert answer.status_code == 201, answer.text
    assert list(shop.things) == ["t1"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ...}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": None}, "/name"),
        ({"name": 7}, "/name"),
        ({"amount": "7"}, "/amount"),
        ({"amount": True}, "/amount"),
        ({"amount": 7.0}, "/amount"),
        ({"ratio": "1.5"}, "/ratio"),
        ({"ratio": False}, "/ratio"),
        ({"urgent": 1}, "/urgent"),
        ({"urgent": "yes"}, "/urgent"),
        ({"colour": "green"}, "/colour"),
        ({"parts": {}}, "/parts"),
        ({"parts": [{"sku": "fuse", "quantity": "1"}]}, "/parts/0/quantity"),
        ({"parts": [{"sku": "fuse", "quantity": 0}]}, "/parts/0/quantity"),
        ({"parts": [{"sku": "fuse", "quantity": 1, "a/b~c": 1}]}, "/parts/0/a~1b~0c"),
        ({"undeclared": 1}, "/undeclared"),
        ({"happened_at": "2026-03-02T09:00:00"}, "/happened_at"),
        ({"happened_at": "2026-03-02"}, "/happened_at"),
        ({"happened_at": 1772442000}, "/happened_at"),
        ({"happened_at": "2026-02-30T09:00:00Z"}, "/happened_at"),
        ({"bought_on": "2026-03-02T00:00:00Z"}, "/bought_on"),
        ({"bought_on": 20000}, "/bought_on"),
    ],
)
async def test_a_field_that_does_not_fit_is_pointed_at(
    shop: Shop, change: dict[str, Any], pointer: str
) -> None:
    problem = assert_problem(await post(shop, **change), 422, "invalid-body")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert problem["errors"][0]["detail"]
    assert not shop.things


async def test_what_is_wrong_with_a_field_is_said_in_french_too(shop: Shop) -> None:
    answer = await post(shop, amount="7", colour="green", name="", more=1, headers={"Accept-Language": "fr"})
    details = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert details == {
        "/amount": "Un nombre entier est attendu",
        "/colour": "Valeurs possibles : 'red' ou 'blue'",
        "/name": "Au moins 1 caractère(s)",
        "/more": "Champ non déclaré : retirez-le",
    }


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"null", b"7"])
async def test_a_body_that_is_no_object_is_invalid(shop: Shop, content: bytes) -> None:
    assert_problem(await post(shop, content=content), 422, "invalid-body")


async def test_a_missing_body_is_invalid(shop: Shop) -> None:
    assert_problem(await post(shop, content=b""), 422, "invalid-body")


@pytest.mark.parametrize(
    "content",
    [
        b'{"name": "printer"',
        b"{'name': 'printer'}",
        b'{"name": "printer",}',
        b'{"name": "printer"} x',
        b'{"name": NaN}',
        b'{"ratio": Infinity, "name": "x"}',
        b'{"ratio": 1e999, "name": "x"}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "x", "amount": 9223372036854775808}',
        b'{"name": "x", "amount": ' + b"9" * 5000 + b"}",
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b"[" * 100_000,
        b'\xef\xbb\xbf{"name": "x"}',
    ],
    ids=lambda content: repr(content[:30]),
)
async def test_what_is_not_json_as_everybody_reads_it_is_refused(shop: Shop, content: bytes) -> None:
    assert_problem(await post(shop, content=content), 400, "invalid-json")
    assert not shop.things


@pytest.mark.parametrize(
    "content", [b'{"name": "\xff"}', '{"name": "é"}'.encode("latin-1"), '{"name": "x"}'.encode("utf-16")]
)
async def test_a_body_in_another_encoding_is_refused(shop: Shop, content: bytes) -> None:
    assert_problem(await post(shop, content=content), 400, "not-utf8")
    assert not shop.things


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/merge-patch+json"},
        {"Content-Type": "application/json; charset=iso-8859-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": ""},
    ],
)
async def test_another_kind_of_content_is_refused(shop: Shop, headers: dict[str, str]) -> None:
    assert_problem(await post(shop, headers=headers), 415, "unsupported-media-type")
    assert not shop.things


async def test_json_that_names_its_encoding_is_read(shop: Shop) -> None:
    answer = await post(shop, headers={"Content-Type": 'Application/JSON; charset="UTF-8"'})
    assert answer.status_code == 201


async def test_no_token_is_a_401_that_says_how(shop: Shop) -> None:
    async with shop.client() as client:
        answer = await client.post("/v1/things", json=GOOD, headers={"Idempotency-Key": "k"})
    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert not shop.things


def _signed(header: dict[str, Any], key: Any, **claims: Any) -> str:
    content = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": int(time.time()) + 600,
        "role": "agent",
        "sub": "x",
        **claims,
    }
    return jwt.encode(header, content, key, algorithms=[header["alg"]])


def _signed_with_public_key() -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"first"}').decode().rstrip("=")
    signed = f"{header}.{token('admin').split('.')[1]}"
    mac = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


BAD_TOKENS = {
    "expired": lambda: token(exp=int(time.time()) - 120),
    "not yet valid": lambda: token(nbf=int(time.time()) + 3600),
    "without expiry": lambda: token(exp=None),
    "for another audience": lambda: token(aud="somebody-else"),
    "of another issuer": lambda: token(iss="https://evil.example"),
    "without issuer": lambda: token(iss=None),
    "without subject": lambda: token(subject=None),
    "of an unknown role": lambda: token("emperor"),
    "without role": lambda: token(role=None),  # type: ignore[arg-type]
    "of a client without customer": lambda: token("portal"),
    "signed with another key": lambda: _signed({"alg": "ES256", "kid": "first"}, ECKey.generate_key("P-256")),
    "signed with an unpublished key": lambda: _signed(
        {"alg": "ES256", "kid": "other"}, ECKey.generate_key("P-256")
    ),
    "signed with our public key as a secret": lambda: _signed_with_public_key(),
    "with another content": lambda: ".".join(
        [token().split(".")[0], token("admin").split(".")[1], token().split(".")[2]]
    ),
    "not signed": lambda: "eyJhbGciOiJub25lIn0." + token("admin").split(".")[1] + ".",
    "no token at all": lambda: "hello",
}


@pytest.mark.parametrize("made", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
async def test_a_token_that_is_no_good_is_refused(shop: Shop, made: Any) -> None:
    answer = await post(shop, bearer=made())
    assert_problem(answer, 401, "invalid-token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert not shop.things


async def test_a_role_that_may_not_is_told_who_may(shop: Shop) -> None:
    problem = assert_problem(await post(shop, bearer=token("contract-manager")), 403, "forbidden-role")
    assert "agent" in problem["roles"]
    assert "contract-manager" not in problem["roles"]
    assert not shop.things


async def test_another_customers_thing_answers_exactly_as_one_that_nobody_has(shop: Shop) -> None:
    await post(shop, bearer=token("portal", "acme"))
    async with shop.client(token("portal", "acme")) as client:
        assert (await client.get("/v1/things/t1")).status_code == 200
    async with shop.client(token("portal", "rival")) as client:
        others = assert_problem(await client.get("/v1/things/t1"), 404, "not-found")
        nobodys = assert_problem(await client.get("/v1/things/t2"), 404, "not-found")
    for answer in (others, nobodys):
        del answer["correlation_id"]
    assert str(others).replace("t1", "t2") == str(nobodys)


async def test_an_unknown_reference_is_named(shop: Shop) -> None:
    problem = assert_problem(
        await post(shop, parts=[{"sku": "unknown", "quantity": 1}]), 422, "unknown-reference"
    )
    assert (problem["kind"], problem["id"]) == ("part", "unknown")


async def test_a_services_own_rule_has_its_own_type_status_and_members(shop: Shop) -> None:
    problem = assert_problem(await post(shop, parts=[{"sku": "anvil", "quantity": 1}]), 409, "too-heavy")
    assert problem["title"] == "Too heavy"
    assert problem["kilograms"] == 80


async def test_a_step_that_the_state_does_not_allow_names_state_and_possibilities(shop: Shop) -> None:
    async with shop.client(token()) as client:
        problem = assert_problem(await client.post("/v1/things/closed/close"), 409, "illegal-transition")
    assert problem["state"] == "closed"
    assert problem["possible"] == ["reopen"]


async def test_a_stale_etag_is_refused_and_a_patch_needs_one(shop: Shop) -> None:
    async with shop.client(token()) as client:
        stale = await client.post("/v1/things/x/close", headers={"If-Match": '"2"'})
        fresh = await client.post("/v1/things/x/close", headers={"If-Match": '"3"'})
        unconditional = await client.post("/v1/things/x/close")
        blind = await client.patch("/v1/things/x")
        seen = await client.patch("/v1/things/x", headers={"If-Match": '"3"'})
    assert assert_problem(stale, 412, "precondition-failed")["version"] == 3
    assert (fresh.status_code, unconditional.status_code, seen.status_code) == (200, 200, 200)
    assert_problem(blind, 428, "precondition-required")


@pytest.mark.parametrize(
    ("key", "slug"),
    [
        (None, "idempotency-key-required"),
        ("", "idempotency-key-invalid"),
        ("x" * 201, "idempotency-key-invalid"),
        ("tab\tinside", "idempotency-key-invalid"),
        ("clé", "idempotency-key-invalid"),
    ],
)
async def test_a_creation_needs_a_usable_idempotency_key(shop: Shop, key: str | None, slug: str) -> None:
    headers = {} if key is None else {"Idempotency-Key": key.encode("latin-1")}
    async with shop.client(token()) as client:
        answer = await client.post("/v1/things", json=GOOD, headers=headers)  # type: ignore[arg-type]
    assert_problem(answer, 400, slug)
    assert not shop.things


async def test_the_same_request_has_the_same_digest_whatever_its_spacing_and_order(shop: Shop) -> None:
    await post(shop, content=b'{"name": "x", "amount": 2}')
    await post(shop, content=b'{"amount":2,\n "name":"x"}')
    await post(shop, content=b'{"amount":3, "name":"x"}')
    first, second, third = shop.keys
    assert first == second
    assert first.hash != third.hash
    assert first.caller == "agent:marie"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("cursor=AAAA", "cursor"),
        ("cursor=WyJ4IiwgMV0", "cursor"),
        ("updated_after=yesterday", "updated_after"),
        ("updated_after=2026-03-02T09:00:00", "updated_after"),
    ],
)
async def test_a_wrong_parameter_is_named(shop: Shop, query: str, parameter: str) -> None:
    async with shop.client(token()) as client:
        problem = assert_problem(await client.get(f"/v1/things?{query}"), 422, "invalid-parameter")
    assert problem["errors"][0]["parameter"] == parameter


async def test_an_address_where_nothing_is_and_a_method_that_is_not_there(shop: Shop) -> None:
    async with shop.client(token()) as client:
        assert_problem(await client.get("/v1/nothing"), 404, "not-found")
        answer = await client.delete("/v1/things")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, POST"


async def test_a_defect_tells_nothing_of_our_insides_but_is_in_the_log(shop: Shop) -> None:
    async with shop.client(token(), **{"X-Correlation-Id": "find-me"}) as client:
        answer = await client.get("/v1/boom")
    problem = assert_problem(answer, 500, "unexpected")
    assert "find-me" in problem["detail"]
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert "hunter2" in shop.logs.getvalue()


async def test_a_database_that_does_not_answer_is_a_503_that_says_when_to_come_again(shop: Shop) -> None:
    async with shop.client(token()) as client:
        answer = await client.get("/v1/stored")
        wrongly = await client.get("/v1/stored-wrongly")
    assert_problem(answer, 503, "not-ready")
    assert answer.headers["Retry-After"] == "2"
    assert_problem(wrongly, 500, "unexpected")
    assert "hunter2" not in wrongly.text
    assert "hunter2" in shop.logs.getvalue()


async def test_titles_and_details_come_in_the_readers_language(shop: Shop) -> None:
    for accepted, title in (
        ("fr-FR,fr;q=0.9,en;q=0.8", "Introuvable"),
        ("en;q=0.5, fr;q=0.4", "There is no such thing"),
        ("de", "There is no such thing"),
        ("de, fr;q=0.1", "Introuvable"),
    ):
        async with shop.client(token(), **{"Accept-Language": accepted}) as client:
            answer = await client.get("/v1/things/x")
        assert answer.json()["title"] == title
        assert answer.headers["content-language"] in ("fr", "en")


async def test_each_type_of_problem_explains_itself_in_both_languages(shop: Shop) -> None:
    for slug in (*CHASSIS_PROBLEMS, "too-heavy"):
        texts = []
        for language in ("fr", "en"):
            async with shop.client(**{"Accept-Language": language}) as client:
                answer = await client.get(f"/problems/{slug}")
                page = await client.get(f"/problems/{slug}", headers={"Accept": "text/html"})
            assert answer.status_code == 200
            texts.append((answer.json()["title"], answer.json()["remedy"]))
            assert f'<html lang="{language}">' in page.text
        assert texts[0][0] != texts[1][0], slug
        assert texts[0][1] != texts[1][1], slug


async def test_an_unknown_type_of_problem_is_not_found(shop: Shop) -> None:
    async with shop.client() as client:
        assert_problem(await client.get("/problems/nonsense"), 404, "not-found")
