"""The rules of tickets and of what they refer to: pure, without I/O or a clock."""
