"""A whole day planned at once: the problem, its plans, and what a route costs. Pure."""
