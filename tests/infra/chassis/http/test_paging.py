"""A reader who follows ``next`` sees everything once, and what changes meanwhile again."""

import operator
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import URL, MutableHeaders

from infra.chassis.http.paging import Page, decode_cursor, encode_cursor
from tests.infra.chassis.http.shop import Thing, make_shop, token

START = datetime(2026, 3, 2, tzinfo=UTC)
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$in": lambda value, choices: value in choices,
}


def _fits(document: dict[str, Any], query: dict[str, Any]) -> bool:
    """What MongoDB does with the few operators that a page uses."""
    for name, wanted in query.items():
        if name == "$and":
            fits = all(_fits(document, each) for each in wanted)
        elif name == "$or":
            fits = any(_fits(document, each) for each in wanted)
        elif isinstance(wanted, dict):
            fits = all(_OPERATORS[op](document[name], value) for op, value in wanted.items())
        else:
            fits = document[name] == wanted
        if not fits:
            return False
    return True


def _kept(document: dict[str, Any]) -> Any:
    return SimpleNamespace(value=SimpleNamespace(id=document["_id"]), updated_at=document["updated_at"])


def _page(limit: int, cursor: str | None = None, states: tuple[str, ...] = (), **more: Any) -> Page:
    url = URL("http://x/v1/things?state=new")
    return Page(
        limit=limit,
        after=None if cursor is None else decode_cursor(cursor),
        updated_after=more.get("updated_after"),
        states=states,
        url=lambda cursor: str(url.include_query_params(cursor=cursor)),
        headers=MutableHeaders(),
    )


def _read(stored: dict[str, datetime], page: Page) -> tuple[list[str], str | None]:
    documents = [{"_id": id, "updated_at": at, "state": "new"} for id, at in stored.items()]
    found = sorted(
        (each for each in documents if _fits(each, page.filter())),
        key=lambda each: tuple(each[name] for name, _ in page.sort),
    )
    answer = page.of([_kept(each) for each in found[: page.fetch]], lambda kept: kept.value.id)
    return answer["items"], answer["next"]


stores = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.integers(0, 5).map(lambda minutes: START + timedelta(minutes=minutes)),
    max_size=25,
)


@given(stores, st.integers(1, 7))
def test_following_next_gives_everything_exactly_once(stored: dict[str, datetime], limit: int) -> None:
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(len(stored) + 1):
        items, cursor = _read(stored, _page(limit, cursor))
        assert len(items) <= limit
        seen += items
        if cursor is None:
            break
    assert sorted(seen) == sorted(stored)


@given(stores, st.integers(1, 5), st.data())
def test_what_changes_while_somebody_reads_is_seen_after_its_change(
    stored: dict[str, datetime], limit: int, data: st.DataObject
) -> None:
    now = START + timedelta(hours=1)
    changed: dict[str, datetime] = {}
    seen_at: dict[str, datetime] = {}
    cursor: str | None = None
    for step in range(len(stored) * 2 + 10):
        items, cursor = _read(stored, _page(limit, cursor))
        seen_at |= {id: stored[id] for id in items}
        if cursor is None:
            break
        if step < len(stored):
            id = data.draw(st.sampled_from(sorted(stored)))
            changed[id] = stored[id] = now = now + timedelta(seconds=1)
    assert seen_at == stored


def test_filters_are_added_to_each_other() -> None:
    page = _page(5, encode_cursor(START, "b"), ("new", "open"), updated_after=START - timedelta(days=1))
    query = page.filter({"sites": {"$in": ["s1"]}}, customer_id="acme", site_id=None)
    assert query["customer_id"] == "acme"
    assert "site_id" not in query
    good = {"_id": "c", "updated_at": START, "state": "new", "sites": "s1", "customer_id": "acme"}
    assert _fits(good, query)
    for change in (
        {"_id": "a"},
        {"state": "done"},
        {"sites": "s2"},
        {"customer_id": "rival"},
        {"updated_at": START - timedelta(days=2)},
    ):
        assert not _fits({**good, **change}, query)


instants = st.integers(1_450_000_000, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))


@given(instants, st.text("abc~._-09", min_size=1, max_size=64))
def test_a_cursor_names_its_place(at: datetime, id: str) -> None:
    assert decode_cursor(encode_cursor(at, id)) == (at, id)


async def test_the_answer_links_to_the_next_page_with_the_same_filters() -> None:
    shop = make_shop()
    shop.things = {f"t{n}": Thing(f"t{n}", "x", "acme") for n in range(3)}
    async with shop.client(token()) as client:
        answer = await client.get("/v1/things?limit=2&state=new")
        assert answer.json()["items"] == ["t0", "t1"]
        cursor = answer.json()["next"]
        assert answer.headers["link"] == f'</v1/things?limit=2&state=new&cursor={cursor}>; rel="next"'
        last = await client.get("/v1/things?limit=200")
    assert last.json()["next"] is None
    assert "link" not in last.headers
