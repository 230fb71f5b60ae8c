"""The HTTP edge: parse, authorise, run a use case, shape the answer."""
