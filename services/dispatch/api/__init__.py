"""The HTTP interface: parse, authorise, run a use case, shape the response."""
