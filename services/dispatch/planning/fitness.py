"""Who can make a visit whenever it is, and how well he fits: the same for visits that ask for the same."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import datetime

import numpy as np

from services.dispatch.domain.ability import asked_for, lack_of
from services.dispatch.domain.technician import Technician, surplus_levels
from services.dispatch.domain.visit import Visit
from services.dispatch.domain.wishes import speaks
from services.dispatch.planning.gaps import Flags, Floats

SURPLUS_COST = 1.0
"""For each level above the one that is asked for, in minutes of travel as all costs: who can do more is kept
for what asks for more."""

PREFERRED_BONUS = 30.0
"""So much further away a technician may be whom the customer would rather have."""

LANGUAGE_COST = 15.0
"""Who does not speak the language of whom he meets there."""


def preference(technician: Technician, visit: Visit) -> float:
    """What speaks against him without ruling him out; negative where more speaks for him."""
    wishes = visit.wishes
    cost = -PREFERRED_BONUS if technician.id in wishes.preferred else 0.0
    if wishes.spoken is not None and not speaks(technician.spoken, wishes.spoken):
        cost += LANGUAGE_COST
    return cost


class Fitness:
    """``technicians`` by id, each in the row where ``ids`` names him; ``forget`` when one has changed."""

    def __init__(self, technicians: Mapping[str, Technician], ids: Sequence[str]) -> None:
        self._technicians, self._ids = technicians, ids
        self._able: dict[Hashable, Flags] = {}
        self._costs: dict[Hashable, Floats] = {}

    def forget(self) -> None:
        """Somebody has changed, or the day has."""
        self._able.clear()
        self._costs.clear()

    def able(self, visit: Visit, at: datetime) -> Flags:
        """Who lacks nothing for it about then. Not to be changed."""
        key = asked_for(visit)
        able = self._able.get(key)
        if able is None:
            flags = [lack_of(self._technicians[id], visit, at) is None for id in self._ids]
            able = self._able[key] = np.array(flags, dtype=np.bool_)
        return able

    def may_go_along(self, named: Collection[str] | None) -> Flags:
        """Who may be there beside who leads: of those ``named`` if any are, and nobody of a partner's."""
        known = ((id, self._technicians[id]) for id in self._ids)
        flags = [one.partner is None and (named is None or id in named) for id, one in known]
        return np.array(flags, dtype=np.bool_)

    def costs(self, visit: Visit) -> Floats:
        """What speaks against each, whatever the visit's place and parts. Not to be changed."""
        wishes = visit.wishes
        key = (tuple(visit.need.skills.items()), wishes.preferred, wishes.spoken)
        costs = self._costs.get(key)
        if costs is None:
            found = [fit(self._technicians[id], visit) for id in self._ids]
            costs = self._costs[key] = np.array(found, dtype=np.float64)
        return costs


def fit(technician: Technician, visit: Visit) -> float:
    """What speaks against him, less what speaks for him, whatever the visit's place and parts."""
    surplus = SURPLUS_COST * surplus_levels(technician.skills, visit.need.skills)
    return surplus + preference(technician, visit)
