from tests.services.notify.serving import notify

__all__ = ["notify"]
