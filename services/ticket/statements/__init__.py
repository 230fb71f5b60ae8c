"""From what is stored of a contract's tickets to a month's statement, and when one is frozen."""
