"""Facts and states that the inventory service publishes."""
