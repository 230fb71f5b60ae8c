"""What dispatch keeps of other services' public states."""

from contracts.inventory.states import CurrentAssetChanged, PartChanged, SiteChanged, StockLevelChanged
from contracts.ticket.states import ContactChanged, ContractChanged, CustomerChanged
from infra.chassis.store.collection import Index, ReadCopy

HAS_WISHES = {"wishes": True}
"""Finds the customers and sites that wish something of who comes: few among many."""

_WISHES = Index((("wishes", 1),), partial=HAS_WISHES, name="wishes")

Assets: ReadCopy[CurrentAssetChanged] = ReadCopy("assets_copy", CurrentAssetChanged)
Contacts: ReadCopy[ContactChanged] = ReadCopy("contacts_copy", ContactChanged)
Contracts: ReadCopy[ContractChanged] = ReadCopy(
    "contracts_copy", ContractChanged, (Index((("managers", 1),)),)
)
Customers: ReadCopy[CustomerChanged] = ReadCopy(
    "customers_copy", CustomerChanged, (_WISHES,), lambda customer: HAS_WISHES if customer.technicians else {}
)
Parts: ReadCopy[PartChanged] = ReadCopy("parts_copy", PartChanged)
Sites: ReadCopy[SiteChanged] = ReadCopy(
    "sites_copy",
    SiteChanged,
    (_WISHES,),
    lambda site: HAS_WISHES if site.technicians or site.languages else {},
)
StockLevels: ReadCopy[StockLevelChanged] = ReadCopy("stock_levels_copy", StockLevelChanged)
