"""The ticket service's contracts, as known here."""

from contracts.ticket.states import ContractChanged
from infra.chassis.store.collection import ReadCopy

Contracts = ReadCopy[ContractChanged]("contracts_copy", ContractChanged)
