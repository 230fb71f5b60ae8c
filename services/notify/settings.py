"""What notify reads from its environment beyond what every service does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import Self

from infra.chassis.settings import Settings as Common
from infra.chassis.settings import SettingsError
from services.notify.domain.timing import USUAL, Timing
from services.notify.mail.bounces import BounceBox
from services.notify.mail.compose import Sender
from services.notify.mail.smtp import Server
from services.notify.push.sealing import BadKey, VapidKey, text_of
from services.notify.sms.gateway import SMS, Fits, Gateway
from services.notify.voice.calling import FITS, Voice
from services.notify.webhooks.posting import Networks, networks_of


@dataclass(frozen=True)
class Settings(Common):
    """``smtp`` is the mail server; ``sender`` is who writes, and where the links in mails lead;
    ``timing`` when what can wait is sent; ``sms`` the gateway that SMS go through, if the firm has one;
    ``webhook_networks`` what webhooks may go to besides public addresses; ``glass`` the digest of the
    code that makes an administrator when no provider answers; ``push`` the key that push services know the
    firm by, ``voice`` the gateway that calls go through, ``bounces`` the mailbox that
    mails come back to, if there are."""

    smtp: Server = field(default_factory=lambda: Server("127.0.0.1", 1025))
    sender: Sender = field(
        default_factory=lambda: Sender("Astreinte", "astreinte@localhost", "http://127.0.0.1:8000")
    )
    timing: Timing = USUAL
    sms: Gateway | None = None
    webhook_networks: Networks = ()
    glass: str = ""
    push: VapidKey | None = None
    voice: Voice | None = None
    bounces: BounceBox | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """``ASTREINTE_SMTP`` (host:port or smtps://user:password@host), ``ASTREINTE_MAIL_FROM``,
        ``ASTREINTE_FIRM``, ``ASTREINTE_PUBLIC_URL``, ``ASTREINTE_PLAN_RESTS_SECONDS`` (``30``),
        ``ASTREINTE_DIGEST_AT`` (``08:00``), ``ASTREINTE_SMS_*``, ``ASTREINTE_VOICE_*``,
        ``ASTREINTE_WEBHOOK_NETWORKS``, ``ASTREINTE_BREAK_GLASS``, ``ASTREINTE_PUSH_KEY``,
        ``ASTREINTE_BOUNCES`` (none), and what every service reads."""
        base = super().from_environment(environment)
        try:
            smtp = Server.parse(base.extra.get("SMTP", "127.0.0.1:1025"))
        except ValueError as error:
            raise SettingsError(f"ASTREINTE_SMTP: {error}") from error
        sender = Sender(
            firm=base.extra.get("FIRM", "Astreinte"),
            address=base.extra.get("MAIL_FROM", "astreinte@localhost"),
            links=base.public_url,
            link_key=base.link_key,
        )
        if "@" not in sender.address:
            raise SettingsError(f"ASTREINTE_MAIL_FROM is {sender.address!r}: it must be a mail address")
        timing, sms = _timing(base.extra), _gateway(base.extra, "SMS", SMS)
        networks = _networks(base.extra.get("WEBHOOK_NETWORKS", ""))
        glass = base.extra.get("BREAK_GLASS", "")
        if glass and not re.fullmatch(r"[0-9a-f]{64}", glass):
            raise SettingsError("ASTREINTE_BREAK_GLASS: give the digest that `astreinte break-glass` prints")
        push = _push_key(base.extra.get("PUSH_KEY", ""), sender, development=base.profile == "development")
        return replace(
            base,
            smtp=smtp,
            sender=sender,
            timing=timing,
            sms=sms,
            webhook_networks=networks,
            glass=glass,
            push=push,
            voice=_voice(base.extra, sender),
            bounces=_bounces(base.extra, sender),
        )


def _push_key(said: str, sender: Sender, *, development: bool) -> VapidKey | None:
    """On one's own machine there is a key that everybody knows."""
    if not said and not development:
        return None
    try:
        return VapidKey.parse(said or _DEVELOPMENT_KEY, f"mailto:{sender.address}")
    except BadKey as error:
        raise SettingsError(f"ASTREINTE_PUSH_KEY: {error}; take what `astreinte push-key` prints") from error


def _networks(said: str) -> Networks:
    try:
        return networks_of(said)
    except ValueError as error:
        raise SettingsError(
            f"ASTREINTE_WEBHOOK_NETWORKS: {error}; give networks such as 10.1.0.0/16 or none"
        ) from error


def _timing(said: Mapping[str, str]) -> Timing:
    rests, digest = said.get("PLAN_RESTS_SECONDS", "30"), said.get("DIGEST_AT", "08:00")
    if not rests.isdecimal():
        raise SettingsError(
            f"ASTREINTE_PLAN_RESTS_SECONDS is {rests!r}: a number of seconds, or 0 for at once"
        )
    try:
        digest_at = time.fromisoformat(digest).replace(tzinfo=None)
    except ValueError as error:
        raise SettingsError(
            f"ASTREINTE_DIGEST_AT is {digest!r}: an hour and minutes, such as 08:00"
        ) from error
    return Timing(timedelta(seconds=int(rests)), digest_at)


def _gateway(extra: Mapping[str, str], what: str, fits: Fits) -> Gateway | None:
    """The gateway of ``ASTREINTE_SMS_*`` or ``ASTREINTE_VOICE_*``."""
    said = {name: extra.get(f"{what}_{name}", "") for name in _OF_A_GATEWAY}
    if not extra.get(f"{what}_URL"):
        if set_alone := sorted(name for name, value in said.items() if value):
            raise SettingsError(
                f"ASTREINTE_{what}_{set_alone[0]} is set, but no ASTREINTE_{what}_URL to send to"
            )
        return None
    given = {parameter: said[name] for name, parameter in _OF_A_GATEWAY.items() if said[name]}
    try:
        return Gateway.parse(extra[f"{what}_URL"], fits, **given)
    except ValueError as error:
        raise SettingsError(f"ASTREINTE_{what}_{error}") from error


def _voice(extra: Mapping[str, str], sender: Sender) -> Voice | None:
    gateway = _gateway(extra, "VOICE", FITS)
    if gateway is None:
        return None
    if not sender.link_key:
        raise SettingsError("ASTREINTE_VOICE_URL is set, but no ASTREINTE_LINK_KEY to sign answers with")
    return Voice(gateway, extra.get("VOICE_SECRET", ""))


def _bounces(extra: Mapping[str, str], sender: Sender) -> BounceBox | None:
    said = extra.get("BOUNCES", "")
    if not said.strip():
        return None
    if not sender.link_key:
        raise SettingsError("ASTREINTE_BOUNCES is set, but no ASTREINTE_LINK_KEY to sign return paths with")
    try:
        return BounceBox.parse(said, extra)
    except ValueError as error:
        raise SettingsError(f"ASTREINTE_BOUNCES: {error}") from error


_DEVELOPMENT_KEY = text_of(b"astreinte/development/push".ljust(32, b"."))

_OF_A_GATEWAY = {
    "FROM": "sender",
    "COUNTRY": "country",
    "HEADERS": "headers",
    "BODY": "body",
    "FORMAT": "format",
    "ACCEPTED": "accepted",
}
