"""What waits on a telephone: sent in order, once, and kept where it is refused."""

from collections.abc import AsyncIterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route

ORIGIN = "http://localhost:1"
"""Nothing answers there: the browser is given the files as they lie in the package."""

PLAY = """async ({actions, answers, times}) => {
  const { replay } = await import("/m-queue.js");
  const kept = actions.map((each, n) => ({ n, by: "lea", state: "waiting", key: `k${n}`, ...each }));
  const store = {
    actions: async (by) => kept.filter((each) => each.by === by).map((each) => ({ ...each })),
    settle: async ({ n, key }) => {
      kept.splice(kept.findIndex((each) => each.n === n), 1);
      for (const each of kept) if (each.after === key) delete each.after;
    },
    put: async (...changed) => {
      for (const one of changed) kept.splice(kept.findIndex((each) => each.n === one.n), 1, one);
    },
  };
  const sent = [];
  const send = async (action) => {
    sent.push(`${action.visit}/${action.verb} ${action.key}`);
    const answer = answers.shift();
    if (answer === "gone") throw new TypeError("no network");
    return answer ?? { status: 200, body: { id: action.visit } };
  };
  const results = [];
  for (let time = 0; time < times; time += 1) results.push(await replay(store, "lea", send));
  return { sent, kept, results };
}"""


@pytest.fixture(scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    async def give(route: Route) -> None:
        name = route.request.url.removeprefix(f"{ORIGIN}/")
        content = (files("services.dispatch.web") / "static" / name).read_text("utf-8") if name else "<p>"
        await route.fulfill(body=content, content_type="text/javascript" if name else "text/html")

    opened = await browser.new_page()
    await opened.route("**/*", give)
    await opened.goto(f"{ORIGIN}/")
    yield opened
    await opened.close()


async def test_a_picture_waits_for_the_request_that_it_belongs_to(page: Page) -> None:
    steps = [{"visit": "a", "verb": "open"}, {"visit": "a", "verb": "photo", "file": "jpg", "after": "k0"}]
    steps.append({"visit": "a", "verb": "close"})
    done = await page.evaluate(PLAY, {"actions": steps, "answers": [], "times": 1})
    assert done["sent"] == ["a/open k0", "a/close k2", "a/photo k1"]
    refused = {"status": 422, "body": {"type": "/problems/invalid-body", "title": "No"}}
    done = await page.evaluate(PLAY, {"actions": steps, "answers": [refused], "times": 2})
    assert done["sent"] == ["a/open k0", "a/close k2"]
    assert [each["verb"] for each in done["kept"]] == ["open", "photo"], "both are there to be tried again"


async def played(page: Page, actions: str, *answers: Any, times: int = 1) -> Any:
    """``actions`` as ``visit/verb``; ``answers`` in turn: "gone", a problem, or by default 200."""
    told = [dict(zip(("visit", "verb"), each.split("/"), strict=True)) for each in actions.split()]
    given = [
        {"status": each[0], "body": {"type": f"/problems/{each[1]}", "title": "No"}}
        if isinstance(each, tuple)
        else each
        for each in answers
    ]
    return await page.evaluate(PLAY, {"actions": told, "answers": given, "times": times})


async def test_an_answer_that_is_lost_is_asked_for_again_with_the_same_key(page: Page) -> None:
    done = await played(page, "a/depart a/arrive b/depart", None, "gone", times=2)
    assert done["sent"] == ["a/depart k0", "a/arrive k1", "a/arrive k1", "b/depart k2"]
    assert [each["stopped"] for each in done["results"]] == ["offline", None]
    assert done["kept"] == []


@pytest.mark.parametrize(
    "refusal", [(404, "not-found"), (409, "too-early"), (412, "changed"), (422, "out-of-order")]
)
async def test_what_is_refused_is_kept_with_the_reason_and_the_rest_goes_on(
    page: Page, refusal: tuple[int, str]
) -> None:
    done = await played(page, "a/depart a/close b/depart", refusal)
    assert done["sent"] == ["a/depart k0", "a/close k1", "b/depart k2"]
    [kept] = done["kept"]
    assert (kept["verb"], kept["state"], kept["problem"]["status"]) == ("depart", "refused", refusal[0])
    assert (await played(page, "a/depart", refusal, times=3))["sent"] == ["a/depart k0"]


@pytest.mark.parametrize(
    ("answer", "stopped"),
    [((401, "unauthenticated"), "signed-out"), ((429, "too-many-requests"), "wait"),
     ((503, "not-ready"), "wait"), ((409, "idempotency-in-progress"), "wait")],
)  # fmt: skip
async def test_everything_waits_while_the_server_takes_nothing(
    page: Page, answer: tuple[int, str], stopped: str
) -> None:
    done = await played(page, "a/depart b/depart", answer)
    assert done["sent"] == ["a/depart k0"]
    assert done["results"] == [{"sent": 0, "refused": 0, "stopped": stopped}]
    assert [each["state"] for each in done["kept"]] == ["waiting", "waiting"]


async def test_a_visit_on_which_the_server_fails_does_not_hold_up_the_others(page: Page) -> None:
    done = await played(page, "a/depart a/arrive b/depart", (500, "unexpected"))
    assert done["sent"] == ["a/depart k0", "b/depart k2"]
    assert [each["verb"] for each in done["kept"]] == ["depart", "arrive"]
