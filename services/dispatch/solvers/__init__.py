"""Whole days planned by solvers, in processes of their own: they crash, hang and hold the interpreter."""
