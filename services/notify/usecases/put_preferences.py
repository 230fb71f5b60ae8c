"""Write down how somebody wants to be told."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.chassis.http.etag import Expected, check_version
from infra.chassis.store.collection import Loads, Ref
from infra.chassis.store.unit import Unit
from services.notify.domain.message import MessageKind, Recipient
from services.notify.domain.preferences import Preferences, Wish, check_wishes, preferences_id
from services.notify.domain.quiet import QuietHours
from services.notify.store.preferences import PreferencesOf


@dataclass(frozen=True)
class PutPreferences:
    """All of his wishes; what is left out is told at once, and at any hour without ``quiet`` ones."""

    person: Recipient
    wishes: Mapping[MessageKind, Wish]
    expected: Expected = None
    quiet: QuietHours | None = None

    def loads(self) -> Loads:
        return (Ref(PreferencesOf, preferences_id(self.person)),)

    def decide(self, unit: Unit) -> None:
        check_wishes(self.person, self.wishes)
        id = preferences_id(self.person)
        check_version(unit.version(PreferencesOf, id), self.expected)
        wanted = Preferences(id, self.wishes, self.quiet)
        if unit.get(PreferencesOf, id) != wanted:
            unit.put(PreferencesOf, wanted)
