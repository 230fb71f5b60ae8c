"""Facts and states that the dispatch service publishes."""
