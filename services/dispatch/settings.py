"""What the dispatch service reads from its environment: nothing beyond what every service has."""

from infra.chassis.settings import Settings

__all__ = ["Settings"]
