"""From a token to what exists for its bearer."""

from contracts.audience import Viewer
from infra.chassis.http.principal import Principal
from infra.chassis.http.viewing import Directory
from infra.chassis.runtime import Runtime
from services.ticket.store.contacts import Contacts
from services.ticket.store.contracts import Contracts

_DIRECTORY = Directory(Contacts, Contracts, managers="terms.managers")


async def viewer_of(principal: Principal, run: Runtime) -> Viewer:
    """The caller as the rule of who sees what knows him."""
    return await _DIRECTORY.viewer(principal, run)
