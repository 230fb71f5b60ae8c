"""The firm's own words."""

from infra.chassis.store.collection import Collection
from services.notify.domain.template import FirmTemplate

Templates = Collection[FirmTemplate]("templates", FirmTemplate)
