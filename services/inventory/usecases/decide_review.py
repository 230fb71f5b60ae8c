"""Somebody says which machine a doubtful inventory is of."""

from dataclasses import dataclass, fields, replace

from contracts.refusal import NotFound, Refusal, UnknownReference
from contracts.text import Text
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.inventory.domain.agent import Agent
from services.inventory.domain.machine import Machine, Report
from services.inventory.domain.review import Decision, Review
from services.inventory.store.assets import Assets
from services.inventory.store.machines import Agents, Reviews, SoftwareLists
from services.inventory.store.sites import Sites
from services.inventory.usecases.record_inventory import apply_report, new_asset


@dataclass(frozen=True)
class DecideReview:
    """``merge`` needs ``asset_id``, any asset of that customer's; ``new`` makes ``new_asset_id``."""

    id: str
    decision: Decision
    new_asset_id: str
    asset_id: str | None = None
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Reviews, self.id), Ref(Agents, self.id), Ref(SoftwareLists, self.id))

    def decide(self, unit: Unit) -> None:
        review = unit.get(Reviews, self.id)
        if review is None:
            raise NotFound("review", self.id)
        check_version(unit.version(Reviews, self.id), self.expected)
        asset_id = self._chosen(unit, review)
        after = review.decided_as(self.decision, asset_id, unit.now, unit.cause.actor)
        unit.save(Reviews, after)
        agent = unit.get(Agents, self.id) or Agent(self.id, review.customer_id, review.device_id)
        decided = review.identity.fingerprint
        if asset_id is None:
            unit.put(Agents, replace(agent, decided=decided, ignored=True, asset_id=None))
            return
        unit.put(Agents, replace(agent.of(asset_id), decided=decided))
        before = unit.get(Assets, asset_id)
        asset = before
        if asset is None:
            unit.require(Sites, review.site_id, as_="site")
            asset = new_asset(asset_id, review.customer_id, review.site_id, review.name, review.kind)
        apply_report(unit, before, asset, self._report(unit, review), at=review.held.seen_at)

    def _chosen(self, unit: Unit, review: Review) -> str | None:
        if self.decision is Decision.IGNORE:
            return None
        if self.decision is Decision.NEW:
            return self.new_asset_id
        if self.asset_id is None:
            raise Refusal(
                "asset-not-named",
                Text(
                    "Name the machine that it is, by `asset_id`: one of `candidates`, or another one.",
                    "Nommez par `asset_id` la machine dont il s'agit : une de `candidates`, ou une autre.",
                ),
                candidates=[each.asset_id for each in review.candidates],
            )
        asset = unit.require(Assets, self.asset_id, as_="asset")
        if asset.customer_id != review.customer_id:
            raise UnknownReference("asset", self.asset_id)
        asset.require_there()
        return asset.id

    def _report(self, unit: Unit, review: Review) -> Report:
        """What waited, as an inventory of now; partial, for what it did not say stays as it is."""
        listed = unit.get(SoftwareLists, self.id)
        told = {each.name for each in fields(Report)} & {each.name for each in fields(Machine)}
        held = {name: getattr(review.held, name) for name in told - {"device_id", "agent"}}
        return Report(
            device_id=review.device_id,
            agent=review.held.agent,
            **{name: value for name, value in held.items() if value != ()},
            partial=True,
            kind=review.kind,
            identity=review.identity,
            software=None if listed is None else listed.items,
        )
