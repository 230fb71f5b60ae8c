"""``/v1/push``: on which telephones and browsers somebody wants to be told (Web Push)."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.service import Caused, Run
from services.notify.api.persons import require_his
from services.notify.domain.preferences import preferences_id
from services.notify.domain.push import Device, device_id
from services.notify.push.sealing import BadKey, VapidKey, check_keys
from services.notify.store.devices import DevicesOf
from services.notify.usecases.manage_devices import AddDevice, RemoveDevice
from services.notify.webhooks.posting import Networks, check_url

Reader = Annotated[Principal, allow("preferences:read")]
Writer = Annotated[Principal, allow("preferences:write")]


class KeyView(BaseModel):
    """What a browser subscribes with, its ``applicationServerKey`` (base64url). null: nobody is told by push
    here."""

    key: str | None


class KeysBody(Body):
    p256dh: Annotated[str, said(200)]
    auth: Annotated[str, said(100)]


class DeviceBody(Body):
    """What ``PushSubscription.toJSON()`` says in the browser."""

    endpoint: Annotated[str, said(2000)]
    keys: KeysBody
    expiration_time: Annotated[float | None, Field(alias="expirationTime")] = None


class DeviceView(BaseModel):
    """``service`` is whose push service brings it; the address itself is a secret."""

    id: str
    service: str
    since_at: datetime


class DeviceList(BaseModel):
    items: list[DeviceView]


def push_router(key: VapidKey | None, networks: Networks) -> APIRouter:
    """``key`` None: the firm has none. ``networks``: what is written to besides public addresses."""
    router = APIRouter(prefix="/v1/push", tags=["push"])

    @router.get("/key", response_model=KeyView)
    async def read_key(principal: Reader) -> Any:
        return KeyView(key=None if key is None else key.public)

    @router.get("/subscriptions", response_model=DeviceList)
    async def list_devices(principal: Reader, run: Run) -> Any:
        """Where he is told, the newest last."""
        kept = await run.read(DevicesOf, preferences_id(await require_his(run, principal)))
        return DeviceList(items=[_view(each) for each in kept.value.devices] if kept else [])

    @router.post(
        "/subscriptions",
        status_code=201,
        response_model=DeviceView,
        responses={200: {"model": DeviceView, "description": "He is told there already"}},
    )
    async def subscribe_device(
        body: DeviceBody, key_of: Idempotency, principal: Writer, cause: Caused, run: Run, response: Response
    ) -> Any:
        """From now on he is told in this browser what he is told at once."""
        _required(key)
        _check(body, networks)
        device = Device(
            device_id(body.endpoint), body.endpoint, body.keys.p256dh, body.keys.auth, run.clock.now()
        )
        his = await require_his(run, principal, known=True)
        done = await run.do(AddDevice(his, device), cause, key_of)
        response.status_code = 201 if done.result else 200
        response.headers["Location"] = f"/v1/push/subscriptions/{device.id}"
        kept = await run.read(DevicesOf, preferences_id(his))
        return _view((kept.value.device(device.id) if kept else None) or device)

    @router.delete("/subscriptions/{id}", status_code=204)
    async def unsubscribe_device(
        id: Id, key_of: Idempotency, principal: Writer, cause: Caused, run: Run, request: Request
    ) -> None:
        done = await run.do(RemoveDevice(await require_his(run, principal), id), cause, key_of)
        if not done.result:
            raise not_found("push subscription", id)

    return router


def _required(key: VapidKey | None) -> VapidKey:
    if key is None:
        raise Refusal(
            "no-push",
            Text(
                "This firm tells nobody by push: it has no ASTREINTE_PUSH_KEY.",
                "Cette société ne prévient personne par push : elle n'a pas d'ASTREINTE_PUSH_KEY.",
            ),
        )
    return key


def _check(body: DeviceBody, networks: Networks) -> None:
    try:
        check_url(body.endpoint, networks)
        check_keys(body.keys.p256dh, body.keys.auth)
    except (ValueError, BadKey) as error:
        raise Refusal(
            "push-address",
            Text(
                f"Nothing can be pushed to that browser: what it says {error}.",
                f"Rien ne peut être poussé vers ce navigateur ({error}) : reprenez ce qu'il dit, tel quel.",
            ),
        ) from error


def _view(device: Device) -> DeviceView:
    return DeviceView(
        id=device.id, service=urlsplit(device.endpoint).hostname or "", since_at=device.since_at
    )
