"""Facts and states that the notify service publishes."""
