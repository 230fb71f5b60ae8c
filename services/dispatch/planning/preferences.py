"""What it is worth that who is wished for makes a visit, in minutes of travel."""

from services.dispatch.domain.technician import Technician
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.wishes import speaks

PREFERRED_BONUS = 30.0
"""So much further away a technician may be whom the customer would rather have."""

LANGUAGE_COST = 15.0
"""Who does not speak the language of whom he meets there."""


def has_preference(visit: Visit) -> bool:
    """Whether it makes a difference who makes it."""
    return bool(visit.wishes.preferred) or visit.wishes.spoken is not None


def preference(technician: Technician, visit: Visit) -> float:
    """What speaks against him without ruling him out; negative where more speaks for him."""
    wishes = visit.wishes
    cost = -PREFERRED_BONUS if technician.id in wishes.preferred else 0.0
    if wishes.spoken is not None and not speaks(technician.spoken, wishes.spoken):
        cost += LANGUAGE_COST
    return cost
