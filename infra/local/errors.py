"""What stops the embedded stack."""


class StackError(Exception):
    """One clear sentence for the person at the terminal: what is wrong and what to do about it."""
