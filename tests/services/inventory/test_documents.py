"""Papers and pictures of a machine: kept without where they were taken, shown to who sees the machine."""

import io
from typing import Any

import httpx
from PIL import Image

from tests.services.inventory.agent_park import Park
from tests.services.inventory.running import Running
from tests.services.inventory.test_api import keyed, problem
from tests.services.inventory.test_asset_verbs import put

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def photo() -> bytes:
    """A JPEG that says where it was taken."""
    written, exif = io.BytesIO(), Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 3.0)})
    Image.new("RGB", (8, 8), "red").save(written, "JPEG", exif=exif)
    return written.getvalue()


async def kept(
    park: Park, id: str, name: str, content: bytes, headers: dict[str, str] | None = None
) -> httpx.Response:
    files: Any = {"file": (name, content, "application/octet-stream")}
    return await park.keeper.post(f"/v1/assets/{id}/documents", files=files, headers=headers or keyed())


async def test_a_photo_is_kept_without_where_it_was_taken_and_read_back(park: Park, unique: str) -> None:
    id = f"{unique}-pc"
    await put(park, id)
    added = await kept(park, id, "../baie n°2.jpg", photo())
    assert added.status_code == 201, added.text
    told = added.json()
    assert (told["name"], told["media_type"], told["photo"]) == ("baie n°2.jpg", "image/jpeg", True)
    read = await park.keeper.get(added.headers["Location"])
    assert read.headers["Content-Disposition"].startswith("inline;")
    assert not Image.open(io.BytesIO(read.content)).getexif().get_ifd(0x8825).get(2)
    again = {"If-None-Match": read.headers["ETag"]}
    assert (await park.keeper.get(added.headers["Location"], headers=again)).status_code == 304
    history = await park.about({"id": id}, "history")
    assert history["items"][-1]["differences"] == [
        {"field": "document", "before": None, "after": "baie n°2.jpg"}
    ]


async def test_the_same_form_with_the_same_key_is_one_document(park: Park, unique: str) -> None:
    id, key = f"{unique}-pc", keyed()
    await put(park, id)
    first, second = await kept(park, id, "a.pdf", PDF, key), await kept(park, id, "a.pdf", PDF, key)
    assert first.json() == second.json()
    listed = (await park.keeper.get(f"/v1/assets/{id}/documents")).json()["items"]
    assert [each["id"] for each in listed] == [first.json()["id"]]
    problem(await kept(park, id, "b.pdf", PDF, key), 422, "idempotency-key-reused")


async def test_a_program_is_only_ever_saved_and_a_removed_document_is_gone(
    park: Park, unique: str, inventory: Running
) -> None:
    id = f"{unique}-pc"
    await put(park, id)
    added = await kept(park, id, "page.html", b"<html><script>alert(1)</script></html>")
    path = added.headers["Location"]
    assert (await park.keeper.get(path)).headers["Content-Disposition"].startswith("attachment;")
    assert (await park.keeper.delete(path, headers=keyed())).status_code == 204
    problem(await park.keeper.get(path), 404, "not-found")
    assert (await park.keeper.get(f"/v1/assets/{id}/documents")).json()["items"] == []
    stored = await inventory.runtime.collection("asset_documents").find_one({"_id": added.json()["id"]})
    assert stored is not None
    bytes_left = inventory.runtime.collection("document_files.chunks")
    assert await bytes_left.find_one({"files_id": stored["file_id"]}) is None


async def test_documents_are_its_customers_and_nobody_elses(
    park: Park, unique: str, inventory: Running
) -> None:
    id = f"{unique}-pc"
    await put(park, id)
    path = (await kept(park, id, "a.pdf", PDF)).headers["Location"]
    async with inventory.as_("customer-manager", park.customer) as mine:
        assert (await mine.get(path)).content == PDF
        problem(await mine.delete(path), 403, "forbidden-role")
    async with inventory.as_("customer-manager", f"{unique}-other") as other:
        problem(await other.get(path), 404, "not-found")
        problem(await other.get(f"/v1/assets/{id}/documents"), 404, "not-found")
    problem(await kept(park, f"{unique}-none", "a.pdf", PDF), 404, "not-found")
