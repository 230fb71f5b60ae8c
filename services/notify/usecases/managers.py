"""Who manages a contract."""

from infra.chassis.store.unit import Unit
from services.notify.domain.staff import StaffMember
from services.notify.store.copies import Contracts
from services.notify.store.staff import Staff


def managers_of(unit: Unit, contract_id: str) -> tuple[StaffMember, ...]:
    """Those of its managers who are of the firm's staff; a contract that has not arrived is waited for."""
    if unit.version(Contracts, contract_id) == 0:
        unit.require(Contracts, contract_id, as_="contract")
    contract = unit.get(Contracts, contract_id)
    found = (unit.get(Staff, subject) for subject in contract.managers) if contract else ()
    return tuple(each for each in found if each is not None)
