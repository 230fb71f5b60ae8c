from infra.chassis.store.collection import Collection
from services.ticket.domain.quote import Quote

Quotes = Collection("quotes", Quote, customer=lambda quote: quote.customer_id)
