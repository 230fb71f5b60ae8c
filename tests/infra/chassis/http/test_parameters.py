"""A list that was asked for with a filter that does not exist is refused, not given whole."""

import pytest

from tests.infra.chassis.http.shop import Shop, make_shop, token


@pytest.fixture
def shop() -> Shop:
    return make_shop()


async def test_an_unknown_parameter_is_refused_with_those_that_are_possible(shop: Shop) -> None:
    async with shop.client(token()) as client:
        answer = await client.get("/v1/things?customer_id=acme&limit=2")
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-parameter"
    [error] = answer.json()["errors"]
    assert (error["parameter"], error["in"]) == ("customer_id", "query")
    assert error["detail"] == "Unknown here; possible: cursor, limit, state, updated_after"


async def test_where_no_parameter_is_known_none_is_taken(shop: Shop) -> None:
    async with shop.client(token(), **{"Accept-Language": "fr"}) as client:
        answer = await client.post("/v1/things/t1/close?force=true")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["detail"] == "Aucun paramètre n'est possible ici"


async def test_a_state_that_cannot_be_is_refused_with_those_that_can(shop: Shop) -> None:
    async with shop.client(token()) as client:
        answer = await client.get("/v1/things?state=new&state=banana")
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["parameter"] == "state"
    assert "'new' or 'old'" in error["detail"]


async def test_who_may_not_ask_is_told_that_first(shop: Shop) -> None:
    async with shop.client() as client:
        assert (await client.get("/v1/things?customer_id=acme")).status_code == 401
    async with shop.client(token("stock-keeper")) as client:
        assert (await client.post("/v1/things/t1/close?force=true")).status_code == 422
