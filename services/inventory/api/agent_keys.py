"""``/v1/agent-keys``: what a customer's inventory agents come in with."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from contracts.values import Id, Instant
from infra.chassis.http.api_keys import digest_of_key
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body, said
from infra.chassis.http.etag import etag
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.paging import Paged
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.runtime import Kept, Runtime
from infra.chassis.service import Caused, Run
from services.inventory.domain.agent import AgentKey
from services.inventory.store.machines import AgentKeys
from services.inventory.usecases.keep_agent_key import MakeAgentKey, RevokeAgentKey

router = APIRouter(prefix="/v1/agent-keys", tags=["agents"])
SHOWN = 8

Reader = Annotated[Principal, allow("agent-keys:read")]
Writer = Annotated[Principal, allow("agent-keys:write")]


class AgentKeyBody(Body):
    """Machines that come with it belong to the customer and, until somebody moves them, stand at the site."""

    customer_id: Id
    site_id: Id
    name: Annotated[str, said(200)]
    every_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24


class AgentKeyView(BaseModel):
    """``secret`` is shown when it is made and never again; ``hint`` is how it begins."""

    id: str
    customer_id: str
    site_id: str
    name: str
    hint: str
    every_hours: int
    created_at: Instant
    created_by: str
    revoked_at: Instant | None
    revoked_by: str | None
    secret: str | None = None


class AgentKeyPage(BaseModel):
    items: list[AgentKeyView]
    next: str | None


@router.post("", status_code=201, response_model=AgentKeyView)
async def make_agent_key(
    body: AgentKeyBody, principal: Writer, cause: Caused, key: Idempotency, run: Run, response: Response
) -> Any:
    """A key for agents. A repeated request finds the key but not its secret: make another one then."""
    secret = f"agt_{secrets.token_urlsafe(24)}"

    def making(id: str) -> MakeAgentKey:
        made = AgentKey(
            id=id,
            customer_id=body.customer_id,
            site_id=body.site_id,
            name=body.name,
            digest=digest_of_key(secret),
            hint=secret[:SHOWN],
            every_hours=body.every_hours,
            created_at=run.clock.now(),
            created_by=principal.actor,
        )
        return MakeAgentKey(made)

    created = await run.create(making, cause, key)
    response.headers["Location"] = f"/v1/agent-keys/{created.id}"
    return await _shown(run, created.id, response, None if created.again else secret)


@router.get("", response_model=AgentKeyPage)
async def list_agent_keys(page: Paged, principal: Reader, run: Run, customer: Id | None = None) -> Any:
    query = page.filter({}, customer_id=customer)
    return page.of(await run.find(AgentKeys, query, sort=page.sort, limit=page.fetch), _view)


@router.get("/{id}", response_model=AgentKeyView)
async def read_agent_key(id: Id, principal: Reader, run: Run, response: Response) -> Any:
    return await _shown(run, id, response)


@router.post("/{id}/revoke", response_model=AgentKeyView)
async def revoke_agent_key(
    id: Id, principal: Writer, cause: Caused, key: Idempotency, run: Run, response: Response
) -> Any:
    """From now on nobody comes in with it; the machines that it brought stay."""
    await run.do(RevokeAgentKey(id), cause, key)
    return await _shown(run, id, response)


async def _shown(run: Runtime, id: str, response: Response, secret: str | None = None) -> AgentKeyView:
    kept = await run.read(AgentKeys, id)
    if kept is None:
        raise not_found("agent-key", id)
    response.headers["ETag"] = etag(kept.version)
    return _view(kept).model_copy(update={"secret": secret})


def _view(kept: Kept[AgentKey]) -> AgentKeyView:
    names = AgentKeyView.model_fields.keys() - {"secret"}
    return AgentKeyView(**{name: getattr(kept.value, name) for name in names})
