"""Requests of the clients: what is wrong, for whom, how urgent, and how far along it is."""
