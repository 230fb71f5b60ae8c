"""Company agreements and rests owed as documents."""

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.dispatch.domain.agreement import Agreement
from services.dispatch.domain.lawful_exit import RestDebt

Agreements = Collection("agreements", Agreement)
RestDebts = Collection("rest_debts", RestDebt, indexes=(Index((("technician_id", 1), *IN_ORDER)),))
