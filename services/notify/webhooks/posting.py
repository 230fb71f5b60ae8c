"""Post to an address that a stranger chose, and to none that only this machine's network reaches.

Names are resolved here, what they lead to is looked at, and the connection goes to that very address: a name
that leads elsewhere a moment later gains nothing by it.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
MOST_REDIRECTS = 3
MOST_HEARD = 4096
SAID = 200
"""So much of an answer is worth keeping."""

_SAME_REQUEST_ELSEWHERE = frozenset({307, 308})
_NAT64 = IPv6Network("64:ff9b::/96")


class NotThere(Exception):
    """The address is none that is written to; the text says why."""


@dataclass(frozen=True)
class Answer:
    status: int
    words: str


def networks_of(said: str) -> Networks:
    """From ``10.1.0.0/16 192.168.7.2``; ``ValueError`` names what is none."""
    return tuple(ipaddress.ip_network(each) for each in said.replace(",", " ").split())


def is_public(address: Address) -> bool:
    """Whether the whole internet reaches it; what is wrapped into IPv6 counts as what it wraps."""
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None:
            return False
        if address in _NAT64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(wrapped)
    return address.is_global and not address.is_multicast


def check_url(url: str, networks: Networks) -> None:
    """``ValueError`` when nothing is ever posted there; where names lead to is seen at each attempt."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment:
        raise ValueError("is no address: write https://host/path")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("is not written in ASCII: write names as xn--… and the rest as %…")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user or a password: what is sent is signed, check the signature instead")
    try:
        _ = parts.port
    except ValueError as error:
        raise ValueError("names no port: one is 1 to 65535") from error
    if parts.scheme == "http" and not networks:
        raise ValueError("is not encrypted: write https://")
    try:
        address = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return
    if not _may_be(address, networks, encrypted=parts.scheme == "https"):
        raise ValueError("is no public address")


def _may_be(address: Address, networks: Networks, *, encrypted: bool) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in network for network in networks) or (encrypted and is_public(address))


class _Looking(httpcore.AsyncNetworkBackend):
    """Connects where the name leads to, if that is an address that may be written to."""

    def __init__(self, networks: Networks, *, encrypted: bool) -> None:
        self._networks = networks
        self._encrypted = encrypted
        self._through = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await asyncio.wait_for(_resolved(host, port), timeout)
        if not all(_may_be(address, self._networks, encrypted=self._encrypted) for address in found):
            raise NotThere(
                f"{host} leads to no public address"
                if self._encrypted
                else f"{host} is written to only encrypted: give an https:// address"
            )
        for address in found[:-1]:
            try:
                return await self._connect(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._connect(found[-1], port, timeout, local_address, socket_options)

    async def _connect(
        self, address: Address, port: int, timeout: float | None, local: str | None, options: Any
    ) -> httpcore.AsyncNetworkStream:
        return await self._through.connect_tcp(str(address), port, timeout, local, options)

    async def sleep(self, seconds: float) -> None:
        await self._through.sleep(seconds)


async def _resolved(host: str, port: int) -> Sequence[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotThere(f"{host} has no address: {error.strerror or error}") from error
    # A link-local address carries its interface.
    return [ipaddress.ip_address(str(where[0]).partition("%")[0]) for *_, where in found]


class Poster:
    """Posts over connections that are kept for the next one."""

    def __init__(self, networks: Networks) -> None:
        """``networks``: what besides public addresses may be written to, also unencrypted."""
        self._networks = networks
        context = httpx.create_ssl_context(trust_env=False)
        self._pools = {
            scheme: httpcore.AsyncConnectionPool(
                ssl_context=context,
                max_connections=100,
                keepalive_expiry=30.0,
                network_backend=_Looking(networks, encrypted=scheme == "https"),
            )
            for scheme in ("http", "https")
        }

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the address answers at last, redirects that keep the request followed.

        ``NotThere`` for an address that is not written to, ``httpcore``'s errors where nobody answers.
        """
        for _ in range(MOST_REDIRECTS + 1):
            status, words, leads_to = await self._once(url, headers, body)
            if leads_to is None:
                return Answer(status, words)
            url = urljoin(url, leads_to)
            try:
                check_url(url, self._networks)
            except ValueError as error:
                raise NotThere(f"it leads to {url[:SAID]}, which {error}") from error
        raise NotThere(f"it leads on more than {MOST_REDIRECTS} times")

    async def _once(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str, str | None]:
        seconds = {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS}
        waits = {**seconds, "read": ANSWER_SECONDS, "write": ANSWER_SECONDS}
        pool = self._pools[urlsplit(url).scheme]
        asked = {"Host": urlsplit(url).netloc, "Content-Length": str(len(body)), **headers}
        async with pool.stream(
            "POST", url, headers=list(asked.items()), content=body, extensions={"timeout": waits}
        ) as answer:
            heard = b""
            async for part in answer.aiter_stream():
                heard += part
                if len(heard) >= MOST_HEARD:
                    break
            leads_to = None
            if answer.status in _SAME_REQUEST_ELSEWHERE:
                named = {name.lower(): value for name, value in answer.headers}
                leads_to = named.get(b"location", b"").decode("latin-1") or None
            return answer.status, " ".join(heard.decode("utf-8", "replace").split())[:SAID], leads_to

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.aclose()
