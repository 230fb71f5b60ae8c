"""What the people around a visit have been told."""

from infra.chassis.store.collection import Collection
from services.notify.domain.notice import Notice

Notices = Collection[Notice]("notices", Notice)
