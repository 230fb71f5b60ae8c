"""Contracts' revisions for readers: they never change, so each is read once."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from infra.chassis.runtime import Runtime
from services.ticket.domain.contract import ContractRevision
from services.ticket.store.contracts import ContractRevisions

KEPT = 2048


@dataclass
class Revisions:
    """The revisions that this process has read, those asked for last."""

    run: Runtime
    _kept: OrderedDict[str, ContractRevision] = field(default_factory=OrderedDict)

    async def __call__(self, ids: Iterable[str]) -> Mapping[str, ContractRevision]:
        """Those of the ids that exist."""
        wanted = sorted(set(ids))
        if missing := [id for id in wanted if id not in self._kept]:
            found = await self.run.find(ContractRevisions, {"_id": {"$in": missing}}, limit=len(missing))
            self._kept.update((kept.value.id, kept.value) for kept in found)
        known = {id: self._kept[id] for id in wanted if id in self._kept}
        for id in known:
            self._kept.move_to_end(id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return known
