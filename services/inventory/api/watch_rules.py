"""``/v1/inventory/rules``: by which states of a machine work is asked for before it breaks."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, field_validator

from contracts.text import InvalidValue
from contracts.values import Id
from infra.chassis.http.auth import allow
from infra.chassis.http.body import Body
from infra.chassis.http.etag import IfMatch, created_or_replaced, etag, not_modified
from infra.chassis.http.idempotency import Idempotency
from infra.chassis.http.principal import Principal
from infra.chassis.http.problems import not_found
from infra.chassis.service import Caused, Run
from services.inventory.domain.watching import RuleKind, RuleSet, WatchRule
from services.inventory.store.machines import RuleSets
from services.inventory.usecases.put_rules import PutRules

router = APIRouter(prefix="/v1/inventory/rules", tags=["agents"])


class RuleBody(Body):
    """``limit`` is in days (``antivirus-old``), percent (``disk-full``) or MB (``memory-down``)."""

    kind: RuleKind
    limit: Annotated[int, Field(ge=1, le=1_000_000)]
    category: Id


class RulesBody(Body):
    """One rule of a kind at most. ``category`` is the work type of the tickets."""

    rules: Annotated[tuple[RuleBody, ...], Field(max_length=len(RuleKind))]

    @field_validator("rules")
    @classmethod
    def _one_of_a_kind(cls, rules: tuple[RuleBody, ...]) -> tuple[RuleBody, ...]:
        if len({each.kind for each in rules}) < len(rules):
            raise InvalidValue("one rule of a kind", "une règle par type")
        return rules


class RuleView(BaseModel):
    kind: str
    limit: int
    category: str


class RulesView(BaseModel):
    id: str
    rules: list[RuleView]


@router.put("/{id}", responses={201: {"model": RulesView, "description": "They are new"}})
async def put_rules(
    id: Id,
    body: RulesBody,
    expected: IfMatch,
    key: Idempotency,
    principal: Annotated[Principal, allow("inventory-rules:write")],
    cause: Caused,
    run: Run,
    response: Response,
) -> RulesView:
    """``id`` is a customer's, or ``default``: the rules of all customers that have none of their own."""
    rules = RuleSet(id, tuple(WatchRule(each.kind, each.limit, each.category) for each in body.rules))
    done = await run.do(PutRules(rules, expected), cause, key)
    kept = await run.read(RuleSets, id)
    assert kept is not None
    created_or_replaced(response, f"/v1/inventory/rules/{id}", created=done.result)
    response.headers["ETag"] = etag(kept.version)
    return _view(kept.value)


@router.get("/{id}", response_model=RulesView)
async def read_rules(
    id: Id,
    principal: Annotated[Principal, allow("inventory-rules:read")],
    run: Run,
    request: Request,
    response: Response,
) -> Any:
    kept = await run.read(RuleSets, id)
    if kept is None:
        raise not_found("rules", id)
    response.headers["ETag"] = etag(kept.version)
    return not_modified(request, kept.version) or _view(kept.value)


def _view(rules: RuleSet) -> RulesView:
    shown = [RuleView(kind=each.kind, limit=each.limit, category=each.category) for each in rules.rules]
    return RulesView(id=rules.id, rules=shown)
