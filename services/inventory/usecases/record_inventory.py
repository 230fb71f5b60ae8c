"""Take in what an agent says of a machine."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.inventory.assets import AssetChanged, AssetDifference, WorkAsked
from contracts.values import SUMMARY_LENGTH
from infra.chassis.store.collection import Loads, Ref, Where
from infra.chassis.store.unit import Unit
from services.inventory.domain.agent import Agent
from services.inventory.domain.asset import Asset, Seen, Status
from services.inventory.domain.differences import machine_differences
from services.inventory.domain.history import Difference, Happening
from services.inventory.domain.machine import Machine, Report, SoftwareList
from services.inventory.domain.matching import Known, Match, match
from services.inventory.domain.review import Decision, Review, ReviewState
from services.inventory.domain.watching import EVERYBODY, RuleSet, findings, watched
from services.inventory.store.assets import Assets
from services.inventory.store.machines import Agents, Machines, Reviews, RuleSets, SoftwareLists
from services.inventory.store.sites import Sites
from services.inventory.usecases.asset_lines import keep_asset


class Taken(StrEnum):
    NEW = "new"
    KNOWN = "known"
    DOUBTFUL = "doubtful"
    IGNORED = "ignored"


@dataclass(frozen=True)
class RecordInventory:
    """``agent_id`` is the agent's at that customer, ``new_asset_id`` the asset's if there is none yet.

    ``ticket_ids`` are new, one for each kind of rule that may ask for work. ``at`` is when it was so, now
    where it is None.
    """

    agent_id: str
    customer_id: str
    site_id: str
    report: Report
    new_asset_id: str
    ticket_ids: tuple[str, ...] = ()
    at: datetime | None = None

    def loads(self) -> Loads:
        keys = self.report.identity.keys(self.customer_id)
        rules = (Ref(RuleSets, self.customer_id), Ref(RuleSets, EVERYBODY))
        own = (Ref(Agents, self.agent_id), Ref(Reviews, self.agent_id))
        return (*own, *rules, *(Where(Assets, "match_keys", key) for key in keys))

    def decide(self, unit: Unit) -> Taken:
        """What became of it. Said again and unchanged, it leaves the time when the machine was seen."""
        agent = unit.get(Agents, self.agent_id)
        asked = _open(unit.get(Reviews, self.agent_id))
        if agent is None:
            agent = Agent(self.agent_id, self.customer_id, self.report.device_id)
        if agent.decided == self.report.identity.fingerprint:
            if agent.ignored:
                return Taken.IGNORED
            found = Match(agent.asset_id)
        else:
            found = match(self.report.identity, self._park(unit, agent))
            if asked is not None and found.doubt is None and self.report.partial:
                # What little it says fits; what the whole one said is still to be decided.
                found = Match(doubt=asked.doubt, candidates=asked.candidates)
        if found.doubt is not None:
            self._ask(unit, agent, found)
            return Taken.DOUBTFUL
        asset = None if found.asset_id is None else unit.get(Assets, found.asset_id)
        before = asset
        if asset is None:
            asset = self._new(unit)
        if agent.asset_id != asset.id or unit.get(Agents, agent.id) is None:
            unit.put(Agents, agent.of(asset.id))
        if asked is not None:
            _answered(unit, asked, asset)
        apply_report(unit, before, asset, self.report, self.ticket_ids, self.at)
        return Taken.NEW if before is None else Taken.KNOWN

    def _park(self, unit: Unit, agent: Agent) -> list[Known]:
        found: dict[str, Asset] = {}
        for key in self.report.identity.keys(self.customer_id):
            found.update({each.id: each for each in unit.where(Assets, "match_keys", key)})
        own = None if agent.asset_id is None else unit.get(Assets, agent.asset_id)
        if own is not None and own.customer_id == self.customer_id:
            found[own.id] = own
        return [Known(each.id, each.identity, each.id == agent.asset_id) for each in found.values()]

    def _ask(self, unit: Unit, agent: Agent, found: Match) -> None:
        present = _open(unit.get(Reviews, self.agent_id))
        # What waits is kept together: a partial inventory adds to the whole one before it.
        waiting = present.held if present is not None else None
        poorer = present is not None and self.report.partial
        held = (waiting or Machine(self.agent_id, self.customer_id)).after(self.report, self.at or unit.now)
        if self.report.software is not None:
            held = replace(
                held,
                software_digest=self.report.software_digest,
                software_count=len(self.report.software),
            )
            listed = SoftwareList(self.agent_id, self.customer_id, self.report.software)
            if unit.get(SoftwareLists, self.agent_id) != listed:
                unit.put(SoftwareLists, listed)
        asks = Review(
            id=self.agent_id,
            customer_id=self.customer_id,
            site_id=self.site_id,
            device_id=self.report.device_id,
            identity=present.identity if present is not None and poorer else self.report.identity,
            kind=self.report.kind or "computer",
            name=self._name,
            held=held,
            doubt=found.doubt,  # type: ignore[arg-type]
            candidates=found.candidates,
            received_at=unit.now,
        )
        unit.put(Reviews, asks)
        if unit.get(Agents, agent.id) is None:
            unit.put(Agents, agent)

    @property
    def _name(self) -> str:
        identity = self.report.identity
        return self.report.hostname or identity.model or identity.serial or self.report.device_id

    def _new(self, unit: Unit) -> Asset:
        unit.require(Sites, self.site_id, as_="site")
        return new_asset(
            self.new_asset_id, self.customer_id, self.site_id, self._name, self.report.kind or "computer"
        )


def _open(review: Review | None) -> Review | None:
    return review if review is not None and review.state is ReviewState.OPEN else None


def _answered(unit: Unit, asked: Review, asset: Asset) -> None:
    """Somebody put right what was in doubt: nobody has to decide, and nothing old is written over new."""
    decided = replace(
        asked,
        state=ReviewState.DECIDED,
        decision=Decision.MERGE,
        asset_id=asset.id,
        decided_at=unit.now,
        decided_by=unit.cause.actor,
    )
    unit.put(Reviews, decided)


def new_asset(id: str, customer_id: str, site_id: str, name: str, kind: str) -> Asset:
    return Asset(id=id, customer_id=customer_id, site_id=site_id, name=name, kind=kind)


def apply_report(
    unit: Unit,
    before: Asset | None,
    asset: Asset,
    report: Report,
    ticket_ids: tuple[str, ...] = (),
    at: datetime | None = None,
) -> None:
    """Write what it says to the asset's machine, its software, and to the asset what tells it from others.

    Where rules ask for work, and there are ``ticket_ids`` for it, the change says so. Of what was so before
    the last inventory, at ``at``, only what nobody has written down of the asset yet is taken.
    """
    known = unit.get(Machines, asset.id) or Machine(asset.id, asset.customer_id)
    at = at or unit.now
    if known.seen_at is not None and at < known.seen_at:
        described = _completed(asset, report)
        if described != before:
            keep_asset(unit, before, described, Happening.INVENTORIED)
        return
    after = known.after(report, at)
    if report.software is not None and report.software_digest != known.software_digest:
        after = replace(after, software_digest=report.software_digest, software_count=len(report.software))
        unit.put(SoftwareLists, SoftwareList(asset.id, asset.customer_id, report.software))
    differences = machine_differences(known, after)
    gone = asset.status is Status.DISPOSED
    after, asks = _watched(unit, known, after, () if gone else ticket_ids)
    unit.put(Machines, after)
    seen = _seen(asset, report, after)
    described = _completed(replace(asset, seen=seen), report)
    happening = Happening.REGISTERED if before is None else Happening.INVENTORIED
    changed = AssetChanged(
        asset_id=asset.id,
        customer_id=asset.customer_id,
        site_id=asset.site_id,
        differences=tuple(AssetDifference(**asdict(each)) for each in differences),
        asks=asks,
    )
    facts = (changed,) if differences or asks else ()
    asked = tuple(Difference(each.rule, None, each.summary) for each in asks)
    keep_asset(unit, before, described, happening, more=(*differences, *asked), facts=facts)


def _watched(
    unit: Unit, before: Machine, after: Machine, ticket_ids: tuple[str, ...]
) -> tuple[Machine, tuple[WorkAsked, ...]]:
    if not ticket_ids:
        return after, ()
    rules = unit.get(RuleSets, after.customer_id) or unit.get(RuleSets, EVERYBODY) or RuleSet(EVERYBODY)
    day = unit.now.date()
    seen = watched(findings(rules.rules, before, after, day), after.alerts, day, ticket_ids)
    asks = tuple(
        WorkAsked(
            ticket_id=id,
            rule=found.rule.kind,
            category=found.rule.category,
            summary=found.summary.fr[:SUMMARY_LENGTH],
            detail=found.detail.fr,
        )
        for found, id in seen.asks
    )
    return replace(after, alerts=seen.alerts), asks


def _seen(asset: Asset, report: Report, after: Machine) -> Seen:
    """A partial inventory that does not say what it is leaves it as it was."""
    before, identity = asset.seen or Seen(), report.identity
    return Seen(
        hostname=after.hostname,
        asset_tag=(identity.asset_tag if identity.tag_key else None) or before.asset_tag,
        serial=(identity.serial if identity.serial_key else None) or before.serial,
        model=identity.model or before.model,
        uuid=identity.uuid or before.uuid,
        macs=identity.mac_keys or before.macs,
        last_user=after.last_user,
    )


def _completed(asset: Asset, report: Report) -> Asset:
    """What nobody has written down of it yet is as the inventory has it."""
    identity = report.identity
    return replace(
        asset,
        manufacturer=asset.manufacturer or identity.manufacturer,
        model=asset.model or identity.model,
        serial=asset.serial or (identity.serial if identity.serial_key else None),
        asset_tag=asset.asset_tag or (identity.asset_tag if identity.tag_key else None),
    )
