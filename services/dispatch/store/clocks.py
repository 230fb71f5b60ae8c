"""Clocks of tickets as documents."""

from infra.chassis.store.collection import Collection
from services.dispatch.domain.clocks import TicketClocks

Clocks = Collection("ticket_clocks", TicketClocks)
