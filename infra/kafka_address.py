"""Where Kafka is and how it is spoken to, in one line, as MongoDB's address says it of MongoDB.

``kafka:9092,other:9092`` is in the clear. ``kafka+ssl://kafka:9093,other:9093`` is over TLS, with ``?ca=``
naming the file of the authorities to trust (the machine's own where absent) and ``&cert=…&key=…`` the files
of a certificate to show. ``kafka+ssl://user:password@…`` signs in besides, by SCRAM-SHA-512 or what
``&mechanism=`` names.
"""

import ssl
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, unquote

SCHEME = "kafka+ssl://"
KNOWN = {"ca", "cert", "key", "mechanism"}
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
"""What FastStream and aiokafka can both do."""


@dataclass(frozen=True)
class Address:
    """An address that was understood; its files are read when a connection is made."""

    servers: tuple[str, ...]
    secure: bool = False
    ca: str = ""
    cert: str = ""
    key: str = ""
    mechanism: str = "SCRAM-SHA-512"
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, text: str) -> Self:
        """ValueError says what is wrong, never with a password in it."""
        if "://" not in text:
            if "@" in text:
                raise ValueError(f"a user and a password go over TLS only: {SCHEME}user:password@host:port")
            return cls(_servers(text))
        if not text.startswith(SCHEME):
            raise ValueError(f"{text.partition('://')[0]}:// is no way to reach Kafka: {SCHEME} is")
        place, _, query = text.removeprefix(SCHEME).partition("?")
        who, _, servers = place.rpartition("@")
        user, _, password = who.partition(":")
        asked = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        if asked.keys() - KNOWN:
            known = ", ".join(sorted(KNOWN))
            raise ValueError(f"after ? it may say {known} only; a ? in a password is written %3F")
        if ("cert" in asked) != ("key" in asked):
            raise ValueError("a certificate goes with its key: give both cert and key")
        if asked.get("mechanism", "PLAIN") not in MECHANISMS:
            raise ValueError(f"the mechanism may be one of {', '.join(MECHANISMS)}")
        if bool(user) != bool(password):
            raise ValueError("a user goes with a password: give both, as in user:password@")
        return cls(
            _servers(servers.rstrip("/")), True, user=unquote(user), password=unquote(password), **asked
        )

    @property
    def shown(self) -> str:
        """What may be told to anybody: the servers."""
        return ",".join(self.servers)

    def trust(self) -> ssl.SSLContext:
        """Whom to believe and what to show. OSError (ssl.SSLError is one) when a file cannot be used."""
        context = ssl.create_default_context(cafile=self.ca or None)
        if self.cert:
            context.load_cert_chain(self.cert, self.key)
        return context


def clients(kafka: str) -> dict[str, Any]:
    """The options that tell a client of aiokafka's where Kafka is and who asks."""
    address = Address.of(kafka)
    where: dict[str, Any] = {"bootstrap_servers": list(address.servers)}
    if not address.secure:
        return where
    where |= {"security_protocol": "SASL_SSL" if address.user else "SSL", "ssl_context": address.trust()}
    if address.user:
        where |= {
            "sasl_mechanism": address.mechanism,
            "sasl_plain_username": address.user,
            "sasl_plain_password": address.password,
        }
    return where


def _servers(text: str) -> tuple[str, ...]:
    servers = tuple(each.strip() for each in text.split(",") if each.strip())
    if not servers:
        raise ValueError("it names no server: give host:port, several with commas between them")
    return servers
