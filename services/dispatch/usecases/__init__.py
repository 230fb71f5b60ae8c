"""Decisions on visits, technicians and their days: pure and re-runnable."""
