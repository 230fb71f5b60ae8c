"""Show a fact on a live stream."""

from dataclasses import dataclass

from infra.chassis.store.collection import Loads
from infra.chassis.store.unit import Unit
from services.notify.domain.line import Line, Stream


@dataclass(frozen=True)
class EmitLine:
    stream: Stream
    line: Line

    def loads(self) -> Loads:
        return ()

    def decide(self, unit: Unit) -> None:
        unit.emit(self.stream, self.line.document())
