"""The firm writes its own words for a kind of message, or goes back to those that came with it."""

from dataclasses import dataclass

from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.template import FirmTemplate
from services.notify.store.templates import Templates


@dataclass(frozen=True)
class WriteTemplate:
    """``body`` None: back to the original. What it says was checked before."""

    id: str
    subject: str
    body: str | None
    by: str
    expected: Expected = None

    def loads(self) -> Loads:
        return (Ref(Templates, self.id),)

    def decide(self, unit: Unit) -> None:
        known = unit.get(Templates, self.id)
        check_version(unit.version(Templates, self.id), self.expected)
        before = known or FirmTemplate(self.id)
        if self.body is None:
            after = before.original()
        else:
            after = before.written(self.subject, self.body, self.by, unit.now)
        if after != before:
            unit.put(Templates, after)
