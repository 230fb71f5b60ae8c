"""The rules of visits, technicians and their days: pure, without I/O or a clock."""
