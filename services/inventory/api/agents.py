"""``/inventory``: where GLPI's, FusionInventory's and OCS' agents report the machines they run on."""

import asyncio
import base64
import binascii
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from contracts.refusal import Refusal
from contracts.text import Text
from infra.chassis.http.api_keys import digest_of_key
from infra.chassis.http.call import call_of
from infra.chassis.http.problems import Problem, not_ready, of_refusal
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.service import Run
from infra.chassis.store.unit import Cause
from services.inventory.agents.answering import (
    Answer,
    contact_answer,
    inventory_answer,
    packing_of,
    prolog_answer,
    refused_answer,
    taken_answer,
)
from services.inventory.agents.reading import report_of
from services.inventory.agents.unpacking import (
    MOST_VALUES,
    SENT_BYTES,
    UNPACKED_BYTES,
    TooMuch,
    Unreadable,
    read_json,
    read_xml,
    unpacked,
)
from services.inventory.domain.agent import AgentKey, agent_id
from services.inventory.domain.machine import Report
from services.inventory.domain.watching import RuleKind
from services.inventory.store.machines import AgentKeys
from services.inventory.usecases.record_inventory import RecordInventory

router = APIRouter(tags=["agents"])
PATHS = ("/inventory", "/inventory/{secret}")
STREAMED = dict.fromkeys(PATHS, SENT_BYTES)
RECEIVED_AT_ONCE = 16
READ_AT_ONCE = 2
"""Unpacked and read, the largest message that is taken takes some hundred megabytes for a moment."""
TURN_WITHIN_SECONDS = 20.0
RECEIVED_WITHIN_SECONDS = 120.0
_TAKEN = frozenset({"inventory", "netinventory"})

Secret = Annotated[str, Path(min_length=1, max_length=200)]
_OPENAPI: dict[str, Any] = {
    "security": [],
    "requestBody": {
        "required": True,
        "description": "A GLPI agent's message. FusionInventory's and OCS' send a REQUEST in XML: PROLOG, "
        "then INVENTORY. Either is plain, or packed by zlib or gzip as Content-Type says",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["action", "deviceid"],
                    "properties": {
                        "action": {"enum": ["contact", "inventory", "netinventory"]},
                        "deviceid": {"type": "string", "minLength": 1},
                        "partial": {"type": "boolean", "default": False},
                        "content": {"type": "object"},
                    },
                }
            }
        },
    },
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What the agent is to do next, in its own format",
        "content": {"application/json": {}, "application/xml": {}, "application/x-compress-zlib": {}},
    }
}


class Receiving:
    """How many agents are listened to, and how many of their messages are read, at a time."""

    def __init__(self) -> None:
        self.connections = asyncio.Semaphore(RECEIVED_AT_ONCE)
        self.readers = asyncio.Semaphore(READ_AT_ONCE)


@dataclass(frozen=True)
class Message:
    """What an agent asks: ``action`` in GLPI's words, ``report`` where it tells of a machine."""

    action: str
    in_xml: bool
    report: Report | None = None


@router.post(PATHS[0], response_class=Response, responses=_RESPONSES, openapi_extra=_OPENAPI)
async def report(request: Request, run: Run) -> Response:
    """An agent's own protocol; its key is the password of Basic authentication (whatever the user), or the
    end of the address: `/inventory/KEY`."""
    return await _answered(request, run, _password(request))


@router.post(PATHS[1], response_class=Response, include_in_schema=False)
async def report_with_key(secret: Secret, request: Request, run: Run) -> Response:
    """The same for agents that know no passwords: the key is the end of the address."""
    return await _answered(request, run, secret)


async def _answered(request: Request, run: Runtime, secret: str | None) -> Response:
    """GLPI's agent writes a refusal into its log where it comes in its own format."""
    try:
        answer = await _taken(request, run, secret)
    except (Problem, Refusal) as failure:
        if "glpi-agent-id" not in request.headers:
            raise
        problem = of_refusal(failure) if isinstance(failure, Refusal) else failure
        said = refused_answer(problem.detail.in_(call_of(request).language))
        status = request.app.state.problem_types[problem.slug].status
        return Response(said.content, status, dict(problem.headers), media_type=said.media_type)
    return Response(answer.content, media_type=answer.media_type)


async def _taken(request: Request, run: Runtime, secret: str | None) -> Answer:
    key = None if secret is None else await _key(run, secret)
    if key is None:
        # What it sends is read away, so that it can read the answer and send it again with its key.
        async for _ in request.stream():
            pass
        raise _unknown_key()
    receiving: Receiving = request.app.state.agents_receiving
    try:
        async with _turn(receiving.connections):
            async with asyncio.timeout(RECEIVED_WITHIN_SECONDS):
                body = await request.body()
            async with _turn(receiving.readers):
                message = await asyncio.to_thread(_read, body)
    except (TooMuch, Unreadable, TimeoutError) as error:
        raise _refused(error) from error
    if message.report is not None:
        await _record(request, run, key, message.report)
    return _answer(request, key, message, packing_of(body))


@asynccontextmanager
async def _turn(turns: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        await asyncio.wait_for(turns.acquire(), TURN_WITHIN_SECONDS)
    except TimeoutError:
        raise not_ready(
            Text(
                "Too many inventories arrive at the same time: send it again later.",
                "Trop d'inventaires arrivent en même temps : renvoyez-le plus tard.",
            ),
            seconds=60,
        ) from None
    try:
        yield
    finally:
        turns.release()


def _answer(request: Request, key: AgentKey, message: Message, packing: str) -> Answer:
    if not message.in_xml:
        return contact_answer(key.every_hours) if message.report is None else taken_answer(key.every_hours)
    if message.action != "prolog":
        return inventory_answer(packing)
    if "glpi-agent-id" in request.headers:
        return contact_answer(key.every_hours)
    return prolog_answer(key.every_hours, packing)


async def _key(run: Runtime, secret: str) -> AgentKey | None:
    digest = digest_of_key(secret)
    found = await run.find(AgentKeys, {"digest": digest, "revoked_at": None}, limit=1)
    return found[0].value if found else None


async def _record(request: Request, run: Runtime, key: AgentKey, told: Report) -> None:
    call = call_of(request)
    device = hashlib.sha256(told.device_id.encode()).hexdigest()
    cause = Cause(
        actor=f"inventory-agent:{key.id}", correlation_id=call.correlation_id, traceparent=call.traceparent
    )
    ticket_ids = tuple(new_id() for _ in RuleKind)
    await run.create(
        lambda id: RecordInventory(
            agent_id=agent_id(key.customer_id, device),
            customer_id=key.customer_id,
            site_id=key.site_id,
            report=told,
            new_asset_id=id,
            ticket_ids=ticket_ids,
        ),
        cause,
    )


def _read(body: bytes) -> Message:
    content = unpacked(body)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        message = read_json(content)
        action = str(message.get("action") or message.get("query") or "inventory").lower()
        if action not in (*_TAKEN, "contact"):
            raise Unreadable(
                "shape", f"an action {action[:50]!r} is none of contact, inventory, netinventory"
            )
        return Message(action, False, report_of(message) if action in _TAKEN else None)
    _, request = read_xml(content)
    action = str(request.get("query") or "").lower()
    if action == "prolog":
        return Message(action, True)
    if action != "inventory":
        raise Unreadable("shape", f"a request {action!r} is none of prolog, inventory")
    return Message(action, True, report_of(request))


def _password(request: Request) -> str | None:
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(said, validate=True).decode().partition(":")[2] or None
    except (binascii.Error, UnicodeDecodeError):
        return None


def _unknown_key() -> Problem:
    return Problem(
        "unknown-agent-key",
        Text(
            "An agent's key comes with each request: as the password of Basic authentication (the agent's "
            "options user and password), or at the end of the address, /inventory/KEY. None is valid here.",
            "La clé de l'agent accompagne chaque requête : mot de passe de l'authentification Basic (options "
            "user et password de l'agent) ou fin de l'adresse, /inventory/CLÉ. Celle-ci n'est pas valable.",
        ),
        # The older agents look for exactly this form.
        headers={"WWW-Authenticate": 'Basic realm="astreinte"'},
    )


def _refused(error: TooMuch | Unreadable | TimeoutError) -> Problem:
    if isinstance(error, TooMuch):
        return Problem(
            "inventory-too-large",
            Text(
                f"An inventory has {UNPACKED_BYTES} bytes and {MOST_VALUES} values at most, this one more.",
                f"Un inventaire a au plus {UNPACKED_BYTES} octets et {MOST_VALUES} valeurs ; celui-ci en a "
                "davantage.",
            ),
            limit_bytes=UNPACKED_BYTES,
        )
    if isinstance(error, TimeoutError):
        return not_ready(
            Text("It came too slowly: send it again.", "La réception est trop lente : renvoyez-le."),
            seconds=60,
        )
    return Problem(
        "unreadable-inventory",
        Text(
            f"This is no agent's message: {error}. Nothing was stored.",
            f"Ce n'est pas le message d'un agent ({error}). Rien n'a été enregistré.",
        ),
        reason=error.reason,
    )
