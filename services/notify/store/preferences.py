"""How people want to be told."""

from infra.chassis.store.collection import Collection
from services.notify.domain.preferences import Preferences

PreferencesOf = Collection[Preferences]("preferences", Preferences)
