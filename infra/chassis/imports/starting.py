"""An import is begun by somebody and ends when each of its lines has come to something."""

from dataclasses import dataclass, replace

from contracts.refusal import NotFound
from infra.chassis.imports.kept import Import, Imports, State, changed_meanwhile
from infra.chassis.store.collection import Ref
from infra.chassis.store.unit import Unit


@dataclass(frozen=True)
class BeginApplying:
    """``author`` is who said so: what the lines lead to is his."""

    id: str
    token: str
    author: str

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Imports, self.id),)

    def decide(self, unit: Unit) -> Import:
        value = unit.get(Imports, self.id)
        if value is None:
            raise NotFound("import", self.id)
        if value.token != self.token:
            raise changed_meanwhile(value.token)
        if value.state is not State.CHECKED:
            return value
        begun = replace(value, state=State.APPLYING, author=self.author)
        unit.save(Imports, begun)
        return begun


@dataclass(frozen=True)
class EndApplying:
    id: str

    def loads(self) -> tuple[Ref, ...]:
        return (Ref(Imports, self.id),)

    def decide(self, unit: Unit) -> None:
        value = unit.get(Imports, self.id)
        if value is not None and value.state is State.APPLYING:
            unit.save(Imports, replace(value, state=State.APPLIED, applied_at=unit.now))
