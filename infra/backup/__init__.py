"""Backup and restore of the whole platform; decision 0025 says why what comes back is consistent."""
