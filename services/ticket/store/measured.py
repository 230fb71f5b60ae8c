from infra.chassis.store.collection import Collection
from services.ticket.domain.measured import Measured
from services.ticket.store.tickets import Tickets

MeasuredTickets = Collection(Tickets.name, Measured, schema=Tickets.schema)
"""Tickets for readers that make figures of thousands of them."""
