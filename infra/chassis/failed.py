"""The end of a command that could not do what it was asked."""


class Failed(Exception):
    """One sentence for the person at the terminal; the command ends with exit code 1."""
