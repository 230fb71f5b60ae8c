"""Addresses of calendars as documents."""

from infra.chassis.store.collection import Collection, Index
from services.dispatch.domain.calendar_address import CalendarAddress

CalendarAddresses = Collection(
    "calendar_addresses", CalendarAddress, indexes=(Index((("digest", 1),), unique=True, name="digest"),)
)
