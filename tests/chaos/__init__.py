"""Four services under load and faults, and an auditor that was not there."""
