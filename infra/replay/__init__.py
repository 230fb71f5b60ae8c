"""Logs of other systems, played through the API as if they happened here."""
