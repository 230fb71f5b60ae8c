"""How aggregates of the ticket service are kept."""
