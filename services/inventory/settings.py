"""What the inventory service reads from its environment: what every service does."""

from infra.chassis.settings import Settings

__all__ = ["Settings"]
