"""The firm's own words for a kind of message, by channel and language, beside those that came with it."""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.notify.events import MessageChannel
from contracts.values import Language
from services.notify.domain.message import MessageKind

VERSIONS_KEPT = 20


@dataclass(frozen=True)
class TemplateVersion:
    """``subject`` is a mail's only. ``number`` counts from 1 and is never given twice."""

    number: int
    subject: str
    body: str
    by: str
    at: datetime


@dataclass(frozen=True)
class FirmTemplate:
    """The id is ``<kind>:<channel>:<language>``. ``current`` None: what came with the product holds."""

    id: str
    versions: tuple[TemplateVersion, ...] = ()
    current: int | None = None

    @property
    def holds(self) -> TemplateVersion | None:
        return next((each for each in self.versions if each.number == self.current), None)

    def written(self, subject: str, body: str, by: str, at: datetime) -> "FirmTemplate":
        """A new version, unless it says what holds already."""
        held = self.holds
        if held is not None and (held.subject, held.body) == (subject, body):
            return self
        number = self.versions[-1].number + 1 if self.versions else 1
        made = TemplateVersion(number, subject, body, by, at)
        return replace(self, versions=(*self.versions, made)[-VERSIONS_KEPT:], current=number)

    def original(self) -> "FirmTemplate":
        """Back to what came with the product; the versions stay to be read."""
        return replace(self, current=None)


def template_id(kind: MessageKind, channel: MessageChannel, language: Language) -> str:
    return f"{kind}:{channel}:{language}"
