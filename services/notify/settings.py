"""What notify reads from its environment beyond what every service does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from infra.chassis.settings import Settings as Common
from infra.chassis.settings import SettingsError
from services.notify.mail.compose import Sender
from services.notify.mail.smtp import Server


@dataclass(frozen=True)
class Settings(Common):
    """``smtp`` is the mail server; ``sender`` is who writes, and where the links in mails lead."""

    smtp: Server = field(default_factory=lambda: Server("127.0.0.1", 1025))
    sender: Sender = field(
        default_factory=lambda: Sender("Astreinte", "astreinte@localhost", "http://127.0.0.1:8000")
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """``ASTREINTE_SMTP`` (host:port or smtps://user:password@host), ``ASTREINTE_MAIL_FROM``,
        ``ASTREINTE_FIRM``, ``ASTREINTE_PUBLIC_URL``, and what every service reads."""
        base = super().from_environment(environment)
        try:
            smtp = Server.parse(base.extra.get("SMTP", "127.0.0.1:1025"))
        except ValueError as error:
            raise SettingsError(f"ASTREINTE_SMTP: {error}") from error
        sender = Sender(
            firm=base.extra.get("FIRM", "Astreinte"),
            address=base.extra.get("MAIL_FROM", "astreinte@localhost"),
            links=base.extra.get("PUBLIC_URL", "http://127.0.0.1:8000"),
        )
        if "@" not in sender.address:
            raise SettingsError(f"ASTREINTE_MAIL_FROM is {sender.address!r}: it must be a mail address")
        return replace(base, smtp=smtp, sender=sender)
