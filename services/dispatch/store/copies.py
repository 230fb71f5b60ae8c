"""What dispatch keeps of other services' public states."""

from contracts.inventory.states import SiteChanged, StockLevelChanged
from infra.chassis.store.collection import ReadCopy

Sites: ReadCopy[SiteChanged] = ReadCopy("sites_copy", SiteChanged)
StockLevels: ReadCopy[StockLevelChanged] = ReadCopy("stock_levels_copy", StockLevelChanged)
