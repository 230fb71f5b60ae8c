"""Facts and states that the ticket service publishes."""
