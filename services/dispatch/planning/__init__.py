"""Pure planners: where a visit fits best, and why it does not fit elsewhere."""
