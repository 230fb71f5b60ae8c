"""Which limits bind somebody, the agreement of his agency included."""

from infra.chassis.store.unit import Unit
from services.dispatch.domain.agreement import FIRM, limits_under
from services.dispatch.domain.labour_limits import Limits
from services.dispatch.domain.technician import Technician
from services.dispatch.store.labour import Agreements


def limits_for(unit: Unit, technician: Technician) -> Limits:
    """By his regime and his agency's agreement, or else the firm's."""
    own = unit.get(Agreements, technician.agency) if technician.agency is not None else None
    return limits_under(technician.regime, own or unit.get(Agreements, FIRM))
