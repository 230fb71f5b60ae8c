"""What contract managers have been told of clocks."""

from infra.chassis.store.collection import Collection
from services.notify.domain.clock_notice import ClockNotice

ClockNotices = Collection[ClockNotice]("clock_notices", ClockNotice)
