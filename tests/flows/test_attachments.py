"""A client sends a picture of what is broken: those who work on it see it, and not where it was taken."""

import asyncio
import hashlib
from typing import Any

import httpx
import pytest

from tests.flows.firm import Firm, Json, Person, done, problem
from tests.flows.waiting import until
from tests.services.ticket.pictures import GPS, ORIENTATION, picture, told_by

MB = 2**20


async def attaches(person: Person, ticket: str, content: bytes, name: str, **headers: str) -> httpx.Response:
    given = {**person.headers, **headers}
    files = {"file": (name, content, "image/png")}
    where = f"/v1/tickets/{ticket}/attachments"
    return await person.platform.client.post(where, files=files, headers=given)


def words(fr: str, en: str) -> Json:
    return {"fr": fr, "en": en}


@pytest.mark.parametrize(("language", "title"), [("fr", "Pièce jointe ajoutée"), ("en", "File attached")])
async def test_a_portal_sends_a_picture_and_those_who_work_on_it_see_it(
    firm: Firm, language: str, title: str
) -> None:
    acme, bolt = await firm.customer(), await firm.customer("bolt")
    site, category = await firm.site(acme), await firm.work()
    lea = await firm.technician("lea")
    request = await firm.opens(category, site, by=acme.portal, urgent=False)
    await request.visit.is_("dispatched", to=lea)
    await request.shows_technicians({lea.id})
    sent, key = picture(), {"Idempotency-Key": firm.id("photo")}
    made = done(await attaches(acme.portal, request.id, sent, "Écran cassé.jpg", **key))
    assert done(await attaches(acme.portal, request.id, sent, "Écran cassé.jpg", **key)) == made
    where = f"/v1/tickets/{request.id}/attachments"
    for person in (acme.portal, firm.agent, lea):
        assert done(await person.get(where))["items"] == [made]
        read = await person.get(f"{where}/{made['id']}")
        assert hashlib.sha256(read.content).hexdigest() == made["sha256"]
        assert GPS not in told_by(read.content)
        assert told_by(read.content)[ORIENTATION] == 6
        assert read.headers["content-disposition"].startswith("inline;")
    max_ = await firm.technician("max")
    for stranger in (bolt.portal, max_):
        problem(await stranger.get(where), 404, "not-found")
        problem(await stranger.get(f"{where}/{made['id']}"), 404, "not-found")
        problem(await attaches(stranger, request.id, b"x", "x.txt"), 404, "not-found")
    lines = await acme.portal.platform.client.get(
        f"/v1/tickets/{request.id}/timeline",
        headers={**acme.portal.headers, "Accept-Language": language},
    )
    told = [line for line in done(lines)["items"] if line["event"] == "attachment-added"]
    assert [(line["title"], line["text"]) for line in told] == [(title, "Écran cassé.jpg")]


@pytest.mark.parametrize(
    ("language", "what_to_do"),
    [("fr", "envoyez une image plus petite, ou plusieurs fichiers."), ("en", "send a smaller picture, or")],
)
async def test_what_is_too_large_is_refused_and_what_could_run_is_only_saved(
    firm: Firm, language: str, what_to_do: str
) -> None:
    acme = await firm.customer()
    request = await firm.opens(await firm.work(), await firm.site(acme), by=acme.portal)
    spoken = {"Accept-Language": language}
    refused = await attaches(acme.portal, request.id, bytes(26 * MB), "film.bin", **spoken)
    assert what_to_do in problem(refused, 413, "attachment-too-large")["detail"]
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    made = done(await attaches(acme.portal, request.id, page, "photo.jpg"))
    where = f"/v1/tickets/{request.id}/attachments/{made['id']}"
    read = await firm.agent.get(where)
    assert (read.content, read.headers["content-type"]) == (page, "text/html; charset=utf-8")
    assert read.headers["content-disposition"].startswith("attachment;")
    assert read.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in read.headers["content-security-policy"]
    removed = await acme.portal.platform.client.delete(where, headers=acme.portal.headers)
    assert removed.status_code == 204
    problem(await firm.agent.get(where), 410, "attachment-removed")


async def test_a_connection_that_breaks_leaves_nothing_behind(firm: Firm) -> None:
    acme = await firm.customer()
    request = await firm.opens(await firm.work(), await firm.site(acme), by=acme.portal)
    whole = httpx.Request("POST", firm.platform.http, files={"file": ("film.bin", bytes(3 * MB))})
    body, address = await whole.aread(), httpx.URL(firm.platform.http)
    headers = {
        **acme.portal.headers,
        "Host": address.host,
        "Content-Type": whole.headers["content-type"],
        "Content-Length": str(len(body)),
        "Idempotency-Key": firm.id("film"),
    }
    head = f"POST /v1/tickets/{request.id}/attachments HTTP/1.1\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in headers.items()
    )
    _, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(head.encode() + b"\r\n" + body[: 2 * MB])
    await writer.drain()
    writer.transport.abort()
    del headers["Host"], headers["Content-Length"]
    where = f"/v1/tickets/{request.id}/attachments"
    assert done(await acme.portal.get(where))["items"] == []
    made = done(await firm.platform.client.post(where, content=body, headers=headers))
    assert [each["id"] for each in done(await acme.portal.get(where))["items"]] == [made["id"]]


def asks_for_a_picture(category: str) -> Json:
    question: dict[str, Any] = {
        "id": "message",
        "kind": "photo",
        "text": words("Une photo du message ?", "A picture of the message?"),
        "branches": [{}],
    }
    return {
        "name": words("Message", "Message"),
        "categories": [category],
        "first": "message",
        "questions": [question],
    }


@pytest.mark.parametrize(
    ("language", "what_to_do"),
    [("fr", "joignez-la par POST …/attachments"), ("en", "attach it with POST …/attachments")],
)
async def test_a_question_is_answered_with_a_picture_and_the_technician_is_told_which(
    firm: Firm, language: str, what_to_do: str
) -> None:
    acme = await firm.customer()
    site, category = await firm.site(acme), await firm.work()
    await firm.technician("lea")
    id = firm.id("message")
    done(await firm.agent.put(f"/v1/diagnoses/{id}", asks_for_a_picture(category)))
    done(await firm.agent.post(f"/v1/diagnoses/{id}/publish"))
    begun = {"id": id, "answers": {"message": None}}
    request = await firm.opens(category, site, by=acme.portal, urgent=False, diagnosis=begun)
    await request.visit.is_("dispatched")
    text = done(await attaches(acme.portal, request.id, b"Bonjour", "photo.jpg"))
    where, spoken = f"/v1/tickets/{request.id}/answers", {"Accept-Language": language}
    refused = await acme.portal.post(where, {"answers": {"message": text["id"]}}, **spoken)
    assert what_to_do in problem(refused, 422, "not-a-photo")["detail"]
    photo = done(await attaches(acme.portal, request.id, picture(), "photo.jpg"))
    done(await acme.portal.post(where, {"answers": {"message": photo["id"]}}))

    async def he_knows() -> bool:
        briefing = (await request.visit.now())["briefing"]
        return [each["answer"] for each in briefing] == [f"pièce jointe {photo['id']}"]

    await until(he_knows, why="for the picture's id to reach the visit")
    assert done(await acme.portal.get(where))["walk"]["next"] is None
