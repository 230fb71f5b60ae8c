"""The sample firm and a working day of it: data only, put through the same HTTP interfaces as anybody's."""
