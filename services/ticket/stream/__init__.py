"""Which use case runs for which event of another service."""
