"""The addresses that took no mail."""

from infra.chassis.store.collection import Collection
from services.notify.domain.bounce import RefusedAddress

RefusedAddresses = Collection[RefusedAddress]("refused_addresses", RefusedAddress)
