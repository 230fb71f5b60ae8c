"""Tells people and screens what has happened: mail to technicians and requesters, live streams."""
