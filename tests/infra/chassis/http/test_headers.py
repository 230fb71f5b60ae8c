"""What goes in and comes out beside the bodies."""

import json
import re

import pytest
from fastapi import APIRouter

from infra.chassis.http.etag import condition_of
from tests.infra.chassis.http.shop import make_shop, token


@pytest.mark.parametrize(
    ("given", "versions"),
    [
        ("*", {1, 2, 3, 4}),
        ('"3"', {3}),
        (' "3" , "4"', {3, 4}),
        ('W/"3"', set()),
        ("3", set()),
        ('"abc"', set()),
        ('"0"', set()),
        ('"' + "9" * 40 + '"', set()),
    ],
)
def test_if_match_names_versions_of_what_exists(given: str, versions: set[int]) -> None:
    condition = condition_of(given, None)
    assert condition is not None
    assert {version for version in range(5) if condition.holds(version)} == versions


def test_without_the_headers_there_is_no_condition() -> None:
    assert condition_of(None, None) is None
    assert condition_of(None, '"3"') is None


def test_if_none_match_of_anything_wants_a_new_thing() -> None:
    condition = condition_of(None, "*")
    assert condition is not None
    assert [version for version in range(5) if condition.holds(version)] == [0]


async def test_what_has_not_changed_is_not_sent_again() -> None:
    shop = make_shop()
    async with shop.client(token(), **{"Idempotency-Key": "k"}) as client:
        made = await client.post("/v1/things", json={"name": "x"})
        same = await client.get("/v1/things/t1", headers={"If-None-Match": made.headers["etag"]})
        weak = await client.get("/v1/things/t1", headers={"If-None-Match": f'"0", W/{made.headers["etag"]}'})
        other = await client.get("/v1/things/t1", headers={"If-None-Match": '"7"'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", '"1"')
    assert weak.status_code == 304
    assert other.status_code == 200


async def test_a_correlation_id_is_kept_or_made() -> None:
    async with make_shop().client() as client:
        kept = await client.get("/live", headers={"X-Correlation-Id": "order-66"})
        made = await client.get("/live")
        ugly = await client.get("/live", headers={"X-Correlation-Id": 'a"b{}'})
    assert kept.headers["x-correlation-id"] == "order-66"
    assert re.fullmatch(r"[0-9a-f-]{36}", made.headers["x-correlation-id"])
    assert re.fullmatch(r"[0-9a-f-]{36}", ugly.headers["x-correlation-id"])


async def test_a_trace_goes_on_and_a_broken_one_begins_anew() -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    async with make_shop().client() as client:
        answer = await client.get("/live", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        broken = await client.get("/live", headers={"traceparent": "00-zz-00f067aa0ba902b7-01"})
    assert answer.headers["traceparent"].startswith(f"00-{trace}-")
    assert "00f067aa0ba902b7" not in answer.headers["traceparent"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", broken.headers["traceparent"])


async def test_the_access_log_says_who_did_what_and_how_it_went() -> None:
    shop = make_shop()
    async with shop.client(token("portal", "acme", "it"), **{"X-Correlation-Id": "c-1"}) as client:
        await client.get("/v1/things/t9")
    line = json.loads(shop.logs.getvalue().splitlines()[-1])
    assert line["message"] == "GET /v1/things/t9 404"
    assert line["correlation_id"] == "c-1"
    assert line["actor"] == "portal:it"
    assert line["route"] == "/v1/things/{id}"
    assert re.fullmatch(r"[0-9a-f]{32}", line["trace_id"])


@pytest.mark.parametrize("path", ["/v1/doors/s3cret", "/v1/doors/s3cret/", "/v1/doors/s3cret/nothing"])
async def test_what_opens_something_by_itself_is_in_no_log_whoever_takes_it(
    path: str,
) -> None:
    doors = APIRouter()

    @doors.get("/v1/doors/{secret}")
    async def door(secret: str) -> str:
        return "open"

    shop = make_shop(routers=[doors], requests_per_minute=1)
    async with shop.client(token()) as client:
        answers = [(await client.get(path)).status_code for _ in range(2)]
    assert answers[1] == 429
    assert "GET /v1/doors/…" in json.loads(shop.logs.getvalue().splitlines()[-1])["message"]
    assert "s3cret" not in shop.logs.getvalue()


async def test_requests_are_counted_by_their_route_not_by_their_address() -> None:
    async with make_shop().client(token()) as client:
        for id in ("a", "b"):
            await client.get(f"/v1/things/{id}")
        await client.get("/v1/nothing/here")
        text = (await client.get("/metrics")).text
    assert 'shop_http_request_seconds_count{method="GET",route="/v1/things/{id}",status="404"} 2.0' in text
    assert 'route="unmatched",status="404"} 1.0' in text
    assert "/v1/nothing" not in text


async def test_a_caller_is_told_his_budget_and_stopped_when_it_is_spent() -> None:
    shop = make_shop(requests_per_minute=3)
    async with shop.client(token(subject="fast")) as client:
        answers = [await client.get("/v1/things") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=60'
    assert re.fullmatch(r'"default";r=2;t=\d+', answers[0].headers["ratelimit"])
    refused = answers[3]
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    assert re.fullmatch(r'"default";r=0;t=\d+', refused.headers["ratelimit"])


async def test_one_callers_haste_is_not_anothers_trouble() -> None:
    shop = make_shop(requests_per_minute=1)
    async with shop.client(token(subject="fast")) as fast, shop.client(token(subject="slow")) as slow:
        assert (await fast.get("/v1/things")).status_code == 200
        assert (await fast.get("/v1/things")).status_code == 429
        assert (await slow.get("/v1/things")).status_code == 200


async def test_health_is_never_rate_limited() -> None:
    async with make_shop(requests_per_minute=1).client() as client:
        assert {(await client.get(path)).status_code for path in ("/live", "/ready", "/health") * 3} == {200}


async def test_openapi_tells_of_bearer_tokens_and_problems() -> None:
    async with make_shop().client() as client:
        document = (await client.get("/v1/openapi/shop.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["security"] == [{"bearer": []}]
    operation = document["paths"]["/v1/things"]["post"]
    assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
    assert "422" not in operation["responses"]
    assert document["components"]["schemas"]["ThingBody"]["additionalProperties"] is False
    assert not {"HTTPValidationError", "ValidationError"} & document["components"]["schemas"].keys()
    assert not [path for path in document["paths"] if path.startswith(("/live", "/problems", "/metrics"))]


async def test_openapi_tells_which_headers_go_in_and_come_out() -> None:
    async with make_shop().client() as client:
        paths = (await client.get("/v1/openapi/shop.json")).json()["paths"]

    def taken(path: str, method: str) -> dict[str, bool]:
        given = paths[path][method].get("parameters", [])
        return {each["name"].lower(): each["required"] for each in given if each["in"] == "header"}

    def given(path: str, method: str, status: str) -> set[str]:
        return set(paths[path][method]["responses"][status].get("headers", {}))

    assert taken("/v1/things", "post") == {"idempotency-key": True}
    assert taken("/v1/things/{id}", "patch") == {"if-match": True}
    assert taken("/v1/things/{id}", "get") == {"if-none-match": False}
    closing = {"if-match": False, "if-none-match": False, "idempotency-key": False}
    assert taken("/v1/things/{id}/close", "post") == closing
    assert given("/v1/things", "post", "201") == {"ETag", "Location"}
    assert given("/v1/things", "get", "200") == {"Link"}
    assert given("/v1/things/{id}", "get", "200") == {"ETag"}
    assert "304" in paths["/v1/things/{id}"]["get"]["responses"]
