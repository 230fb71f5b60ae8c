"""Requests that make no sense: each a problem of a stable type, nothing stored."""

import json
from typing import Any

import pytest

from infra.chassis.events.parked import PARKED
from tests.servers import until
from tests.services.ticket.running import OTHER_KEY, Firm, done, post_ticket, problem, token
from tests.services.ticket.sample import site


class Missing:
    """Stands for a field that is left out."""

    def __str__(self) -> str:
        return "missing"


MISSING = Missing()


async def nothing_stored(firm: Firm) -> None:
    async with firm.portal() as portal:
        assert done(await portal.get("/v1/tickets"))["items"] == []
        assert done(await portal.get("/v1/contacts"))["items"] == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "party"}, "/kind"),
        ({"kind": 1}, "/kind"),
        ({"kind": MISSING}, "/kind"),
        ({"summary": MISSING}, "/summary"),
        ({"site_order": [["elsewhere"]]}, "/site_order"),
        ({"summary": ""}, "/summary"),
        ({"summary": "   "}, "/summary"),
        ({"summary": 12}, "/summary"),
        ({"summary": "x" * 161}, "/summary"),
        ({"description": None}, "/description"),
        ({"impact": "huge"}, "/impact"),
        ({"urgency": MISSING}, "/urgency"),
        ({"category": "no spaces please"}, "/category"),
        ({"sites": []}, "/sites"),
        ({"sites": "nord"}, "/sites"),
        ({"sites": MISSING}, "/sites"),
        ({"sites": ["a", "a"]}, "/sites"),
        ({"sites": [f"s{n}" for n in range(201)]}, "/sites"),
        ({"sites": [7]}, "/sites/0"),
        ({"confidential": "yes"}, "/confidential"),
        ({"confidential": 1}, "/confidential"),
        ({"channel": "pigeon"}, "/channel"),
        ({"requester": {"email": "a@b"}}, "/requester/name"),
        ({"requester": {"name": "A", "email": "nowhere"}}, "/requester/email"),
        ({"requester": {"name": "A", "phone": "call me"}}, "/requester/phone"),
        ({"requester": {"name": "A", "fax": "1"}}, "/requester/fax"),
        ({"preferred_windows": [{"from": "2026-03-02T10:00:00Z"}]}, "/preferred_windows/0/to"),
        (
            {"preferred_windows": [{"from": "2026-03-02T10:00:00Z", "to": "2026-03-02T09:00:00Z"}]},
            "/preferred_windows/0",
        ),
        ({"occurred_at": "yesterday"}, "/occurred_at"),
        ({"occurred_at": "2026-03-02T10:00:00"}, "/occurred_at"),
        ({"custom": {"a b": 1}}, "/custom/a b/[key]"),
        ({"priority": "P1"}, "/priority"),
    ],
    ids=lambda value: (
        json.dumps(value, default=lambda _: "missing")[:50] if isinstance(value, dict) else None
    ),
)
async def test_a_body_that_does_not_fit_is_refused_where_it_does_not(
    firm: Firm, changes: dict[str, Any], pointer: str
) -> None:
    body = {name: value for name, value in firm.asked(**changes).items() if value is not MISSING}
    async with firm.portal() as portal:
        refused = problem(await post_ticket(portal, body), 422, "invalid-body")
    assert any(error["pointer"].startswith(pointer) for error in refused["errors"]), refused["errors"]
    await nothing_stored(firm)


@pytest.mark.parametrize("which", ["site", "work-type", "asset", "customer"])
async def test_what_is_unknown_is_named_and_nobody_becomes_a_contact(firm: Firm, which: str) -> None:
    changes: dict[str, dict[str, Any]] = {
        "site": {"sites": ["atlantis"]},
        "work-type": {"category": "coffee"},
        "asset": {"asset": "pc-0"},
        "customer": {"customer_id": "nobody"},
    }
    body = firm.asked(requester={"name": "Anne", "email": "a@b.example"}, **changes[which])
    async with firm.portal() as portal:
        refused = problem(await post_ticket(portal, body), 422, "unknown-reference")
    assert refused["kind"] == which
    await nothing_stored(firm)


async def test_another_customers_site_is_unknown(firm: Firm) -> None:
    async with firm.portal() as portal:
        theirs = problem(await post_ticket(portal, firm.asked(firm.hall)), 422, "unknown-reference")
        nobodys = problem(await post_ticket(portal, firm.asked("atlantis")), 422, "unknown-reference")
    assert theirs["detail"].replace(firm.hall, "x") == nobodys["detail"].replace("atlantis", "x")
    await nothing_stored(firm)


@pytest.mark.parametrize(
    ("content", "content_type", "status", "slug"),
    [
        (b'{"kind": ', "application/json", 400, "invalid-json"),
        (b'{"a": 1, "a": 2}', "application/json", 400, "invalid-json"),
        (b'{"a": NaN}', "application/json", 400, "invalid-json"),
        (b'{"summary": "\xff\xfe"}', "application/json", 400, "not-utf8"),
        (b"<ticket/>", "application/xml", 415, "unsupported-media-type"),
        (b"kind=incident", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b'"' + b"x" * (1024 * 1024) + b'"', "application/json", 413, "body-too-large"),
        (b"[]", "application/json", 422, "invalid-body"),
        (b"null", "application/json", 422, "invalid-body"),
        (b"", "application/json", 422, "invalid-body"),
    ],
)
async def test_what_is_not_a_json_object_is_refused(
    firm: Firm, content: bytes, content_type: str, status: int, slug: str
) -> None:
    headers = {"Idempotency-Key": "k1", "Content-Type": content_type}
    async with firm.portal() as portal:
        problem(await portal.post("/v1/tickets", content=content, headers=headers), status, slug)
    await nothing_stored(firm)


async def test_a_token_that_is_no_good_is_refused(firm: Firm) -> None:
    for bearer in (
        token("portal", firm.pasteur, expires=-3600),
        token("portal", firm.pasteur, key=OTHER_KEY),
        token("king", firm.pasteur),
        "nonsense",
    ):
        async with firm.service.with_token(bearer) as client:
            problem(await post_ticket(client, firm.asked()), 401, "invalid-token")
    async with firm.service.as_("portal", firm.pasteur) as client:
        del client.headers["Authorization"]
        problem(await post_ticket(client, firm.asked()), 401, "unauthenticated")
    async with firm.service.as_("contract-manager") as manager:
        problem(await post_ticket(manager, firm.asked()), 403, "forbidden-role")
    await nothing_stored(firm)


async def test_a_ticket_needs_an_idempotency_key(firm: Firm) -> None:
    async with firm.portal() as portal:
        problem(await portal.post("/v1/tickets", json=firm.asked()), 400, "idempotency-key-required")
    await nothing_stored(firm)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("hold", {"reason": "tired"}),
        ("hold", {"reason": "waiting-for-client", "until": "soon"}),
        ("start", {}),
        ("start", {"mode": "telepathy"}),
        ("resolve", {}),
        ("resolve", {"work_done": ""}),
        ("reopen", {"reason": "x"}),
        ("reopen", {"reason": "x", "service": "sideways"}),
        ("cancel", {"reason": "bored"}),
        ("notes", {"text": "x"}),
        ("notes", {"text": "x", "public": "true"}),
        ("triage", {"priority": "P1"}),
        ("hand-over", {}),
    ],
)
async def test_a_verb_with_a_body_that_does_not_fit_is_refused(
    firm: Firm, path: str, body: dict[str, Any]
) -> None:
    ticket = await firm.open()
    async with firm.agent() as agent:
        problem(await agent.post(f"/v1/tickets/{ticket['id']}/{path}", json=body), 422, "invalid-body")
        read = await agent.get(f"/v1/tickets/{ticket['id']}")
    assert read.headers["etag"] == '"1"'


@pytest.mark.parametrize(
    "changes",
    [
        {"calendars": {"always": {"time_zone": "Mars/Olympus", "weekly": {}, "holidays": "none"}}},
        {"calendars": {"always": {"time_zone": "site", "weekly": {"lundi": []}, "holidays": "none"}}},
        {"calendars": {"always": {"time_zone": "site", "weekly": {"mon": [["18:00", "08:00"]]}}}},
        {"calendars": {"always": {"time_zone": "site", "weekly": {"mon": [["8h", "18h"]]}}}},
        {"calendars": {"always": {"time_zone": "site", "weekly": {}, "holidays": "US"}}},
        {"targets": {"P9": []}},
        {"targets": {"P1": [{"name": "r", "calendar": "always", "stops_on": [], "met_by": "started"}]}},
        {"priority_matrix": {"high": {"high": "P1"}}},
        {"valid_from": "01/01/2026"},
        {"valid_from": None},
        {"channels": []},
        {"penalties": []},
        {"discount": 10},
    ],
    ids=lambda changes: json.dumps(changes)[:60],
)
async def test_a_contract_that_does_not_fit_is_refused(firm: Firm, changes: dict[str, Any]) -> None:
    path = f"/v1/contracts/{firm.name}-bad"
    async with firm.service.as_("admin") as admin:
        problem(await admin.put(path, json=firm.contract(**changes)), 422, "invalid-body")
        problem(await admin.get(path), 404, "not-found")


async def test_ids_and_parameters_that_make_no_sense(firm: Firm) -> None:
    async with firm.agent() as agent:
        problem(await agent.get("/v1/tickets/no-such-ticket"), 404, "not-found")
        problem(await agent.get("/v1/tickets", params={"limit": 0}), 422, "invalid-parameter")
        problem(await agent.get("/v1/tickets", params={"limit": 201}), 422, "invalid-parameter")
        problem(await agent.get("/v1/tickets", params={"cursor": "x"}), 422, "invalid-parameter")
        problem(await agent.get("/v1/tickets", params={"updated_after": "x"}), 422, "invalid-parameter")
        problem(await agent.post("/v1/tickets/x/explode"), 404, "not-found")
        problem(await agent.delete("/v1/tickets/x"), 405, "method-not-allowed")
    async with firm.service.as_("admin") as admin:
        problem(await admin.put("/v1/customers/a b", json={"name": "x"}), 422, "invalid-parameter")


async def test_a_problem_speaks_the_callers_language(firm: Firm) -> None:
    async with firm.agent() as agent:
        french = await agent.get("/v1/tickets/x", headers={"Accept-Language": "fr-FR,en;q=0.5"})
        english = await agent.get("/v1/tickets/x")
    assert french.json()["title"] != english.json()["title"]
    assert french.headers["content-language"] == "fr"


async def test_poison_on_a_topic_is_put_aside_and_the_service_goes_on(firm: Firm) -> None:
    dead = firm.service.runtime.collection(PARKED)
    good = site(f"{firm.name}-after", firm.pasteur)
    producer = firm.service.producer
    key = f"{firm.name}-poison".encode()
    for value, headers in (
        (b"not json", []),
        (None, []),
        (b"\xff\xfe", [("ce_type", b"\xff")]),
        (b"{}", [("ce_specversion", b"1.0"), ("ce_type", b"visit-planned")]),
    ):
        await producer.send_and_wait("dispatch.visits.v1", value, key=key, headers=headers)
        await producer.send_and_wait("inventory.sites.v1", value, key=key, headers=headers)
    await firm.service.publish(good, subject=good.site_id)
    assert (await firm.open(good.site_id))["visits"][0]["site_id"] == good.site_id

    async def buried() -> bool:
        return await dead.count_documents({"state": "dead"}) >= 8

    await until(buried, within=20)
