"""What dispatch keeps of other services' public states."""

from contracts.inventory.states import SiteChanged, StockLevelChanged
from contracts.ticket.states import ContactChanged, ContractChanged
from infra.chassis.store.collection import Index, ReadCopy

Contacts: ReadCopy[ContactChanged] = ReadCopy("contacts_copy", ContactChanged)
Contracts: ReadCopy[ContractChanged] = ReadCopy(
    "contracts_copy", ContractChanged, (Index((("managers", 1),)),)
)
Sites: ReadCopy[SiteChanged] = ReadCopy("sites_copy", SiteChanged)
StockLevels: ReadCopy[StockLevelChanged] = ReadCopy("stock_levels_copy", StockLevelChanged)
