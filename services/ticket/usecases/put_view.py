"""A view is saved, replaced, taken away."""

from dataclasses import dataclass, replace

from contracts.refusal import NotFound
from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit
from services.ticket.domain.view import Asker, View, check_not_shipped
from services.ticket.store.views import Views


@dataclass(frozen=True)
class PutView:
    view: View
    asker: Asker
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Views, self.view.id),)

    def decide(self, unit: Unit) -> bool:
        """Whether it is new."""
        check_not_shipped(self.view.id)
        before = unit.get(Views, self.view.id)
        after = self.view if before is None else before.changed(self.view, self.asker)
        # A view that was taken away is at no version, whatever its document says.
        check_version(0 if before is None else unit.version(Views, self.view.id), self.expected)
        if after != before:
            unit.put(Views, after)
        return before is None


@dataclass(frozen=True)
class DeleteView:
    id: str
    asker: Asker
    expected: Expected = None

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Views, self.id),)

    def decide(self, unit: Unit) -> None:
        check_not_shipped(self.id)
        before = unit.get(Views, self.id)
        if before is None or not before.exists_for(self.asker):
            raise NotFound("view", self.id)
        before.check_owner(self.asker)
        check_version(unit.version(Views, self.id), self.expected)
        unit.erase(Views, replace(before, owner="", customer_id=None, name={}, filters={}, shared=None))
