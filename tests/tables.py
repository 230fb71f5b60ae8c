"""Files as people make them, and what becomes of them as imports."""

import io
from collections.abc import Sequence
from typing import Any

import httpx
from openpyxl import Workbook

from infra.chassis.workbook import XLSX
from tests.servers import until


def workbook_of(*rows: Sequence[Any]) -> bytes:
    """An xlsx of one sheet, its first row the headings."""
    book, written = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(written)
    return written.getvalue()


def csv_of(*rows: Sequence[Any]) -> bytes:
    """As a French Excel writes it."""
    return "\r\n".join(";".join(str(each) for each in row) for row in rows).encode("cp1252")


def form_of(content: bytes, name: str = "table.xlsx") -> dict[str, Any]:
    """What a client of httpx sends as a form with that file."""
    return {"files": {"file": (name, content, XLSX)}}


async def sent(admin: httpx.AsyncClient, content: bytes, kind: str = "sites") -> dict[str, Any]:
    """The import that a file became, not applied."""
    answer = await admin.post(f"/v1/imports/{kind}", **form_of(content))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == f"/v1/imports/{kind}/{body['id']}"
    return body


async def lines(admin: httpx.AsyncClient, import_: dict[str, Any], **asked: str) -> list[dict[str, Any]]:
    """What it says of its lines."""
    answer = await admin.get(f"/v1/imports/{import_['kind']}/{import_['id']}/lines", params=asked)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def applied(admin: httpx.AsyncClient, import_: dict[str, Any]) -> dict[str, Any]:
    """The import once it has been applied."""
    path = f"/v1/imports/{import_['kind']}/{import_['id']}"
    begun = await admin.post(f"{path}/apply", json={"token": import_["token"]})
    assert begun.status_code == 202, begun.text
    found: dict[str, Any] = {}

    async def ended() -> bool:
        found.update((await admin.get(path)).json())
        return bool(found["state"] == "applied")

    await until(ended, within=20)
    return found


def counts(import_: dict[str, Any]) -> tuple[int, int, int, int]:
    """New, changed, unchanged, refused."""
    said = import_["counts"]
    return said["new"], said["changed"], said["unchanged"], said["refused"]
