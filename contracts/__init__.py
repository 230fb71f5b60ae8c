"""What the services may know of each other: events, values, calendars and routes."""
