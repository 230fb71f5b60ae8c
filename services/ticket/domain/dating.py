"""When something happened that somebody tells of."""

from datetime import datetime, timedelta

from contracts.audience import Viewer
from contracts.refusal import Refusal
from contracts.text import Text

CUSTOMERS_LATITUDE = timedelta(minutes=15)


def dated(
    viewer: Viewer, occurred_at: datetime | None, now: datetime, *, witnessed: bool = False
) -> datetime:
    """As told (the customer's side: at most 15 minutes back, unless a server ``witnessed`` it), else now."""
    if occurred_at is None:
        return now
    if occurred_at > now:
        raise Refusal(
            "occurred-in-the-future",
            Text(
                "occurred_at lies in the future: give a time that has passed, or leave it out.",
                "occurred_at est dans l'avenir : donnez un instant passé, ou omettez-le.",
            ),
        )
    if not (viewer.of_the_firm or witnessed) and occurred_at < now - CUSTOMERS_LATITUDE:
        raise Refusal(
            "occurred-too-long-ago",
            Text(
                "occurred_at may be at most 15 minutes back: leave it out, or ask the hotline to date it.",
                "occurred_at peut remonter à 15 minutes au plus : omettez-le, "
                "ou demandez à la hotline de le dater.",
            ),
        )
    return occurred_at
