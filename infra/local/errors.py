"""What stops the embedded stack."""

from infra.chassis.failed import Failed


class StackError(Failed):
    """One clear sentence for the person at the terminal: what is wrong and what to do about it."""
