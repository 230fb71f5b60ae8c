"""A problem is opened, understood, resolved; tickets of it are named."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from contracts.audience import Viewer
from contracts.refusal import NotFound, UnknownReference
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import AlreadyExists, Unit
from services.ticket.domain.dating import dated
from services.ticket.domain.problem import About, Problem, ProblemState
from services.ticket.lookup.models import model_key
from services.ticket.store.articles import Articles
from services.ticket.store.copies import Assets
from services.ticket.store.customers import Customers
from services.ticket.store.problems import Problems
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.majors import seen


@dataclass(frozen=True, kw_only=True)
class OpenProblem:
    """By hand: about an asset, a model or neither; without a customer it is the firm's own. ``id`` is new."""

    id: str
    title: str
    cause: str
    viewer: Viewer
    owner: str | None = None
    customer_id: str | None = None
    asset_id: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    ticket_ids: tuple[str, ...] = ()

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Problems, self.id), *(Ref(Tickets, id) for id in self.ticket_ids))

    def decide(self, unit: Unit) -> Problem:
        if unit.get(Problems, self.id) is not None:
            raise AlreadyExists(Problems.name, self.id)
        problem = Problem(
            id=self.id,
            title=self.title,
            cause=self.cause,
            about=self._about(unit),
            owner=self.owner,
            reached={ProblemState.OPEN: unit.now},
        )
        for id in self.ticket_ids:
            problem = problem.with_ticket(seen(unit, id, self.viewer))
        unit.add(Problems, problem)
        return problem

    def _about(self, unit: Unit) -> About:
        if self.customer_id is not None:
            unit.require(Customers, self.customer_id, as_="customer")
        if self.asset_id is None:
            return About(self.customer_id, None, self.model, model_key(self.manufacturer, self.model))
        asset = unit.require(Assets, self.asset_id, as_="asset")
        if self.customer_id not in (None, asset.customer_id):
            raise UnknownReference("asset", self.asset_id)
        key = model_key(asset.manufacturer, asset.model)
        return About(asset.customer_id, asset.asset_id, asset.model, key)


@dataclass(frozen=True, kw_only=True)
class ProblemCommand:
    id: str
    viewer: Viewer
    occurred_at: datetime | None = None
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Problems, self.id),)

    def addressed(self, unit: Unit) -> tuple[Problem, datetime]:
        problem = unit.get(Problems, self.id)
        if problem is None:
            raise NotFound("problem", self.id)
        check_version(unit.version(Problems, self.id), self.expected)
        return problem, dated(self.viewer, self.occurred_at, unit.now)

    def keep(self, unit: Unit, before: Problem, after: Problem) -> None:
        if after != before:
            unit.save(Problems, after)


@dataclass(frozen=True, kw_only=True)
class ChangeProblem(ProblemCommand):
    """``changes`` has the problem's fields by name."""

    changes: Mapping[str, Any]

    def decide(self, unit: Unit) -> None:
        problem, _ = self.addressed(unit)
        _check_article(unit, self.changes.get("article_id"))
        self.keep(unit, problem, replace(problem, **self.changes))


@dataclass(frozen=True, kw_only=True)
class MoveProblem(ProblemCommand):
    """``changes``: what is known of it by then, fields by name; what is None of them stays."""

    verb: str
    changes: Mapping[str, Any] = field(default_factory=dict)

    def decide(self, unit: Unit) -> None:
        problem, at = self.addressed(unit)
        _check_article(unit, self.changes.get("article_id"))
        unit.save(Problems, problem.moved(self.verb, at, **self.changes))


@dataclass(frozen=True, kw_only=True)
class LinkTicket(ProblemCommand):
    ticket_id: str

    def decide(self, unit: Unit) -> None:
        problem, _ = self.addressed(unit)
        self.keep(unit, problem, problem.with_ticket(seen(unit, self.ticket_id, self.viewer)))


@dataclass(frozen=True, kw_only=True)
class UnlinkTicket(LinkTicket):
    def decide(self, unit: Unit) -> None:
        problem, _ = self.addressed(unit)
        self.keep(unit, problem, problem.without_ticket(self.ticket_id))


def _check_article(unit: Unit, article_id: str | None) -> None:
    if article_id is not None:
        unit.require(Articles, article_id, as_="article")
