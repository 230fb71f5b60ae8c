"""Requests and replies by mail: fetched, read, and taken."""
