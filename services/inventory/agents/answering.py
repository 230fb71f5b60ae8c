"""What agents are answered, each in the words and the packing that it understands."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOT_WANTED = ("environment", "local_group", "local_user", "process")
"""Categories of GLPI's agent that it is asked to leave out: they tell of people, or change all the time."""
_GLPI = {"server": "glpi", "version": "10.0.18", "no-category": ",".join(NOT_WANTED)}
"""The agent asks which server's dialect it is to speak; this one's inventories are those of that version."""
_GZIP = 31


@dataclass(frozen=True)
class Answer:
    content: bytes
    media_type: str


def contact_answer(every_hours: int) -> Answer:
    """To GLPI's agent, whichever way it came: go on in JSON, and come again after so many hours."""
    return _json({"status": "ok", "expiration": every_hours, "tasks": {"inventory": _GLPI}})


def taken_answer(every_hours: int) -> Answer:
    return _json({"status": "ok", "expiration": every_hours})


def refused_answer(message: str, every_hours: int = 24) -> Answer:
    """GLPI's agent writes ``message`` into its log."""
    return _json({"status": "error", "message": message, "expiration": every_hours})


def prolog_answer(every_hours: int, packing: str) -> Answer:
    """To FusionInventory's and OCS' agents: send the inventory, and come again after so many hours."""
    said = f"<PROLOG_FREQ>{every_hours}</PROLOG_FREQ><RESPONSE>SEND</RESPONSE>"
    return _xml(said, packing)


def inventory_answer(packing: str) -> Answer:
    return _xml("<RESPONSE>NO_ACCOUNT_UPDATE</RESPONSE>", packing)


def packing_of(body: bytes) -> str:
    """How the answer is packed, as the request was: some agents understand nothing else."""
    if body[:2] == b"\x1f\x8b":
        return "gzip"
    return "zlib" if body[:1] == b"\x78" else "plain"


def _json(message: Mapping[str, Any]) -> Answer:
    return Answer(json.dumps(message, ensure_ascii=False).encode(), "application/json")


def _xml(said: str, packing: str) -> Answer:
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n<REPLY>{said}</REPLY>\n'.encode()
    if packing == "zlib":
        return Answer(zlib.compress(content), "application/x-compress-zlib")
    if packing == "gzip":
        packer = zlib.compressobj(wbits=_GZIP)
        return Answer(packer.compress(content) + packer.flush(), "application/x-compress-gzip")
    return Answer(content, "application/xml")
