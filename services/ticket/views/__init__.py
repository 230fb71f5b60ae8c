"""Read queries and the shapes in which the outside sees aggregates."""
