"""Files of a ticket, over HTTP, on the real servers."""

import asyncio
import hashlib
import io
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from contracts.ticket.events import AttachmentAdded, AttachmentRemoved
from infra.chassis.store.files import CHUNK_BYTES
from services.ticket.domain.attachment import MAX_ATTACHMENTS, MAX_BYTES, Attachment, Position
from services.ticket.store.attachments import (
    FILES,
    IN_DOUBT,
    Attachments,
    attachment_files,
    sweep_once,
)
from tests.services.ticket.pictures import GPS, ORIENTATION, PLACE, picture, told_by
from tests.services.ticket.running import Firm, created, done, problem


def sends(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same caller, who sends forms."""
    del client.headers["content-type"]
    return client


@asynccontextmanager
async def people(firm: Firm) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    async with firm.portal() as portal, firm.agent() as agent:
        yield sends(portal), sends(agent)


def form(content: bytes = b"Bonjour", name: str = "note.txt", **fields: str) -> dict[str, Any]:
    return {"files": {"file": (name, content, "image/png")}, "data": fields}


async def where(firm: Firm) -> str:
    ticket = await firm.open()
    return f"/v1/tickets/{ticket['id']}/attachments"


async def bytes_there(firm: Firm, file_id: str) -> int:
    return await firm.service.runtime.collection(f"{FILES}.chunks").count_documents({"files_id": file_id})


async def kept(firm: Firm, id: str) -> Attachment:
    found = await firm.service.runtime.read(Attachments, id)
    assert found is not None
    return found.value


async def test_a_picture_is_kept_without_its_position_and_read_back_as_it_is_kept(firm: Firm) -> None:
    at, sent = await where(firm), picture()
    assert dict(told_by(sent).get_ifd(GPS)) == PLACE
    async with people(firm) as (portal, agent):
        made = created(await portal.post(at, **form(sent, "Écran cassé.jpg")))
        read = await agent.get(f"{at}/{made['id']}")
        assert done(await agent.get(at))["items"] == [made]
    assert (GPS in told_by(read.content), told_by(read.content)[ORIENTATION]) == (False, 6)
    assert (made["name"], made["media_type"], made["position"]) == (
        "Écran cassé.jpg",
        "image/jpeg",
        "removed",
    )
    assert made["sha256"] == hashlib.sha256(read.content).hexdigest()
    assert (made["size"], made["public"], made["added_by"]) == (
        len(read.content),
        True,
        f"portal:{firm.name}-portal",
    )
    assert read.headers["content-type"] == "image/jpeg"
    assert read.headers["content-disposition"].startswith("inline; filename=")
    assert read.headers["content-length"] == str(len(read.content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<!DOCTYPE html><script>alert(1)</script>"),
        ("photo.jpg", b"<html><script>alert(1)</script></html>"),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("setup.exe", b"MZ\x90\0" + bytes(60)),
        ("run.ps1", b"Remove-Item -Recurse C:\\"),
    ],
)
async def test_what_could_run_is_kept_and_only_ever_saved(firm: Firm, name: str, content: bytes) -> None:
    at = await where(firm)
    async with people(firm) as (portal, _):
        made = created(await portal.post(at, **form(content, name)))
        read = await portal.get(f"{at}/{made['id']}")
    assert read.content == content
    assert read.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
    assert read.headers["x-content-type-options"] == "nosniff"
    assert read.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_the_same_key_gives_the_same_attachment_and_one_set_of_bytes(firm: Firm) -> None:
    at, key = await where(firm), {"Idempotency-Key": f"{firm.name}-photo"}
    files = firm.service.runtime.collection(f"{FILES}.files")
    before = await files.count_documents({})
    async with people(firm) as (portal, _):
        answers = await asyncio.gather(*(portal.post(at, **form(), headers=key) for _ in range(3)))
        answers.append(await portal.post(at, **form(), headers=key))
        other = await portal.post(at, **form(b"Bonsoir"), headers=key)
        listed = done(await portal.get(at))["items"]
    assert len({created(answer)["id"] for answer in answers}) == 1
    assert len(listed) == 1
    assert await files.count_documents({}) == before + 1
    problem(other, 422, "idempotency-key-reused")


async def cut_off(firm: Firm, path: str, headers: dict[str, str], body: bytes) -> list[Any]:
    """A request whose client goes in the middle of its body; what it is answered."""
    coming = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]
    answered: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("client", 1),
    }
    await firm.service.app(scope, receive, send)
    return answered


async def test_an_upload_that_is_cut_leaves_nothing_and_its_key_free(firm: Firm) -> None:
    at, key = await where(firm), {"Idempotency-Key": f"{firm.name}-cut"}
    whole = httpx.Request("POST", "http://ticket", files={"file": ("a.txt", b"x" * 1000)})
    body = await whole.aread()

    async with people(firm) as (portal, _):
        headers = {**portal.headers, **key, "Content-Type": whole.headers["content-type"]}
        assert await cut_off(firm, at, headers, body[: len(body) // 2]) == []
        assert done(await portal.get(at))["items"] == []
        again = await portal.post(at, content=body, headers=headers)
    assert created(again)["size"] == 1000


async def test_the_customers_side_sees_what_is_public_and_only_of_its_own_tickets(firm: Firm) -> None:
    at = await where(firm)
    async with people(firm) as (portal, agent), firm.service.as_("portal", firm.mairie, "m") as other:
        inside = created(await agent.post(at, **form(public="false")))
        for_all = created(await agent.post(at, **form(public="true")))
        assert [each["id"] for each in done(await portal.get(at))["items"]] == [for_all["id"]]
        problem(await portal.get(f"{at}/{inside['id']}"), 404, "not-found")
        problem(await portal.delete(f"{at}/{inside['id']}"), 404, "not-found")
        assert (await portal.get(f"{at}/{for_all['id']}")).content == b"Bonjour"
        for path in (at, f"{at}/{for_all['id']}"):
            problem(await other.get(path), 404, "not-found")
        problem(await sends(other).post(at, **form()), 404, "not-found")
        elsewhere = await where(firm)
        problem(await agent.get(f"{elsewhere}/{for_all['id']}"), 404, "not-found")
        told = done(await portal.get(at.replace("attachments", "timeline")))["items"]
    assert [line["event"] for line in told] == ["ticket-opened", "attachment-added"]
    facts = [fact for _, fact in await firm.service.read_facts(at.split("/")[3])]
    added = [fact for fact in facts if isinstance(fact, AttachmentAdded)]
    assert [(each.attachment_id, each.public) for each in added] == [
        (inside["id"], False),
        (for_all["id"], True),
    ]
    assert "note.txt" not in "".join(each.model_dump_json() for each in added)


async def test_its_author_or_the_firm_removes_it_and_the_timeline_says_who(firm: Firm) -> None:
    at = await where(firm)
    async with people(firm) as (portal, agent), firm.service.as_("portal", firm.pasteur, "else") as other:
        one, two = [created(await portal.post(at, **form())) for _ in range(2)]
        files = [(await kept(firm, each["id"])).file_id for each in (one, two)]
        problem(await other.delete(f"{at}/{one['id']}"), 403, "not-its-author")
        assert (await other.get(f"{at}/{one['id']}")).content == b"Bonjour"
        assert (await portal.delete(f"{at}/{one['id']}")).status_code == 204
        assert (await agent.delete(f"{at}/{two['id']}")).status_code == 204
        assert (await agent.delete(f"{at}/{two['id']}")).status_code == 204
        gone = problem(await portal.get(f"{at}/{one['id']}"), 410, "attachment-removed")
        assert done(await portal.get(at))["items"] == []
        lines = done(await portal.get(at.replace("attachments", "timeline")))["items"]
    assert gone["removed_at"]
    assert [await bytes_there(firm, each) for each in files] == [0, 0]
    removed = [line for line in lines if line["event"] == "attachment-removed"]
    assert [line["actor"] for line in removed] == [f"portal:{firm.name}-portal", "agent:paul"]
    assert [line["text"] for line in removed] == ["note.txt"] * 2
    facts = [fact for _, fact in await firm.service.read_facts(at.split("/")[3])]
    assert sum(isinstance(fact, AttachmentRemoved) for fact in facts) == 2


async def test_a_download_of_what_is_removed_meanwhile_breaks_off(firm: Firm) -> None:
    at, content = await where(firm), bytes(20 * CHUNK_BYTES)
    async with people(firm) as (portal, _):
        made = created(await portal.post(at, **form(content, "long.bin")))
        parts = attachment_files(firm.service.runtime).read((await kept(firm, made["id"])).file_id)
        assert len(await anext(parts)) == CHUNK_BYTES
        assert (await portal.delete(f"{at}/{made['id']}")).status_code == 204
        with pytest.raises(Exception, match=r".+"):
            assert sum([len(part) async for part in parts]) == len(content)
        problem(await portal.get(f"{at}/{made['id']}"), 410, "attachment-removed")


async def test_what_has_not_changed_is_not_sent_again(firm: Firm) -> None:
    at = await where(firm)
    async with people(firm) as (portal, _):
        made = created(await portal.post(at, **form()))
        tag = f'"{made["sha256"]}"'
        same = await portal.get(f"{at}/{made['id']}", headers={"If-None-Match": f'"x", W/{tag}'})
        other = await portal.get(f"{at}/{made['id']}", headers={"If-None-Match": '"x"'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert (other.status_code, other.headers["etag"]) == (200, tag)


async def test_more_than_25_megabytes_are_refused_whoever_says_how_long_it_is(firm: Firm) -> None:
    at, files = await where(firm), firm.service.runtime.collection(f"{FILES}.files")
    before = await files.count_documents({})
    too_long = httpx.Request("POST", "http://ticket", files={"file": ("a.bin", bytes(MAX_BYTES + 2**20))})
    body, headers = await too_long.aread(), {"Content-Type": too_long.headers["content-type"]}

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 2**20):
            yield body[start : start + 2**20]

    async with people(firm) as (portal, _):
        for content in (body, in_pieces()):
            refused = await portal.post(at, content=content, headers=headers)
            assert problem(refused, 413, "attachment-too-large")["limit_bytes"] == MAX_BYTES
        a_byte = await portal.post(at, **form(bytes(MAX_BYTES + 1)))
        problem(a_byte, 413, "attachment-too-large")
        assert created(await portal.post(at, **form(bytes(MAX_BYTES))))["size"] == MAX_BYTES
    assert await files.count_documents({}) == before + 1


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"file": "x"}},
        {"content": b"x", "headers": {"Content-Type": "image/jpeg"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"files": {"other": ("a.txt", b"x")}},
        {"files": {"file": ("a.txt", b"")}},
        {"files": [("file", ("a.txt", b"x")), ("file", ("b.txt", b"y"))]},
        {"files": {"file": ("a.txt", b"x")}, "data": {"public": "perhaps"}},
        {"files": {"file": ("a.txt", b"x")}, "data": {"colour": "red"}},
    ],
)
async def test_what_is_no_form_with_one_file_is_refused_with_a_word_on_how(
    firm: Firm, sent: dict[str, Any]
) -> None:
    at = await where(firm)
    async with people(firm) as (portal, _):
        refused = problem(await portal.post(at, **sent), 422, "not-one-file")
        assert done(await portal.get(at))["items"] == []
    assert "multipart/form-data" in refused["detail"]


async def test_a_ticket_takes_so_many_attachments_and_then_none(firm: Firm) -> None:
    at = await where(firm)
    async with people(firm) as (portal, _):
        for n in range(MAX_ATTACHMENTS):
            created(await portal.post(at, **form(name=f"{n}.txt")))
        refused = await portal.post(at, **form())
        page = done(await portal.get(f"{at}?limit=30"))
        rest = done(await portal.get(f"{at}?limit=30&cursor={page['next']}"))
        first = page["items"][0]["id"]
        assert (await portal.delete(f"{at}/{first}")).status_code == 204
        created(await portal.post(at, **form()))
    problem(refused, 422, "too-many-attachments")
    names = [each["name"] for each in page["items"] + rest["items"]]
    assert names == [f"{n}.txt" for n in range(MAX_ATTACHMENTS)]
    assert rest["next"] is None


async def test_bytes_that_a_death_leaves_behind_are_swept_and_those_of_an_attachment_are_not(
    firm: Firm,
) -> None:
    run, at = firm.service.runtime, await where(firm)
    files, long_ago = attachment_files(run), run.system_clock.now() - 2 * IN_DOUBT
    async with people(firm) as (portal, _):
        made = created(await portal.post(at, **form()))
    stays = (await kept(firm, made["id"])).file_id
    orphan, half, young = (f"{firm.name}-{name}" for name in ("orphan", "half", "young"))
    await files.store(orphan, long_ago, [b"x"])
    await files.doubt(half, long_ago)
    await run.collection(f"{FILES}.chunks").insert_one({"files_id": half, "n": 0, "data": b"x"})
    await files.doubt(stays, long_ago)
    await files.store(young, run.system_clock.now() - IN_DOUBT + timedelta(minutes=5), [b"x"])
    await sweep_once(run)
    assert [await bytes_there(firm, each) for each in (orphan, half, stays, young)] == [0, 0, 1, 1]
    assert await run.collection(f"{FILES}.doubts").find_one({"_id": {"$in": [orphan, half, stays]}}) is None
    await files.drop(young)


async def test_an_upload_holds_a_bounded_part_of_itself_in_memory(firm: Firm) -> None:
    """A form of the largest size, given in pieces: the peak of what it takes stays a fraction of it."""
    at = await where(firm)
    form_of = httpx.Request("POST", "http://ticket", files={"file": ("a.bin", io.BytesIO(b"@"))})
    head, tail = (await form_of.aread()).split(b"@")
    piece, count = bytes(2**18), MAX_BYTES // 2**18

    async def pieces() -> AsyncIterator[bytes]:
        yield head
        for _ in range(count):
            yield piece
        yield tail

    async with people(firm) as (portal, _):
        headers = {"Content-Type": form_of.headers["content-type"]}
        created(await portal.post(at, **form()))
        tracemalloc.start()
        try:
            made = created(await portal.post(at, content=pieces(), headers=headers))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert made["size"] == MAX_BYTES
    assert (await kept(firm, made["id"])).position is Position.UNKNOWN
    assert peak < 8 * 2**20
