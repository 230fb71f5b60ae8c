"""Backup and restore of the whole platform; decision 0023 says why what comes back is consistent."""
