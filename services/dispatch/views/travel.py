"""A travel time as the API shows it."""

from pydantic import BaseModel

from services.dispatch.domain.way import Source


class TravelView(BaseModel):
    """``source``: ``default`` is the great circle with a detour, ``learned`` the same as long as ways were
    observed to take there at that hour, ``osrm`` the road service's."""

    minutes: int
    source: Source


def travel_view(seconds: int, source: Source) -> TravelView:
    return TravelView(minutes=round(seconds / 60), source=source)
