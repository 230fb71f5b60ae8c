"""Where new machines come to a site, those who use them are offered a training."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from services.inventory.domain.advice import Advice, AdviceKind, AdviceState
from services.inventory.domain.asset import Asset
from services.inventory.domain.training import Origin, Training

FROM_MACHINES = 3
"""Of a kind at one site: fewer are explained on the spot."""
FRESH = timedelta(days=90)
"""After that people have found out by themselves."""
WISHED_AFTER = timedelta(days=14)
_CHANGES_HABITS = frozenset({AdviceKind.REPLACE, AdviceKind.SUPPORT_ENDS})
_ON_ITS_WAY = frozenset({AdviceState.ACCEPTED, AdviceState.DONE})


@dataclass(frozen=True)
class TrainingOffer:
    """``machines`` of ``kind`` are renewed at a site under ``ticket_id``; ``contact_ids`` own or use them."""

    customer_id: str
    ticket_id: str
    site_id: str
    kind: str
    machines: int
    contact_ids: tuple[str, ...]

    @property
    def training_id(self) -> str:
        """The same for the same offer, so that it is made once."""
        said = f"{self.ticket_id}/{self.site_id}/{self.kind}"
        return f"of-{sha256(said.encode()).hexdigest()[:32]}"

    @property
    def places(self) -> int:
        return max(self.machines, len(self.contact_ids))


def offers_of(
    advices: Iterable[Advice],
    assets: Mapping[str, Asset],
    trainings: Iterable[Training],
    contacts: Iterable[str],
    now: datetime,
) -> list[TrainingOffer]:
    """What was renewed, or is quoted, of ``FROM_MACHINES`` machines or more and no training is there for."""
    known = set(contacts)
    machines = defaultdict[tuple[str, str, str, str], dict[str, Asset]](dict)
    for each in advices:
        asset = assets.get(each.asset_id or "")
        fresh = each.decided_at is not None and now - each.decided_at <= FRESH
        if asset is None or each.ticket_id is None or each.site_id is None or not fresh:
            continue
        if each.kind in _CHANGES_HABITS and each.state in _ON_ITS_WAY:
            place = (each.customer_id, each.ticket_id, each.site_id, asset.kind)
            machines[place][asset.id] = asset
    made = {(each.origin, each.site_id) for each in trainings if each.origin is not None}
    return [
        TrainingOffer(customer, ticket, site, kind, len(those), _people(those.values(), known))
        for (customer, ticket, site, kind), those in sorted(machines.items())
        if len(those) >= FROM_MACHINES and (Origin(ticket, kind), site) not in made
    ]


def _people(machines: Iterable[Asset], known: set[str]) -> tuple[str, ...]:
    named = {id for each in machines for id in (each.owner_id or "", *each.users)}
    return tuple(sorted(named & known))
