"""Hand an SMS to the firm's gateway: one HTTP request that the settings describe."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from infra.chassis.store.deliveries import Rejected
from services.notify.sms.numbers import REGIONS

TIMEOUT_SECONDS = 10.0
SAID = 200
"""So much of a gateway's answer is worth keeping."""

_AGAIN = frozenset({408, 409, 421, 423, 425, 429})
"""Not now, or this key is still being worked on: another attempt may help."""

_SENDER = re.compile(r"\+?\d{3,15}|(?=.*[A-Za-z])[A-Za-z0-9 ._-]{1,11}")
_PLACE = re.compile(r"\{(to|text|from|id|language|callback|twiml)\}")

Json = Any
PLAIN: Mapping[str, str] = {"to": "{to}", "from": "{from}", "text": "{text}", "id": "{id}"}


@dataclass(frozen=True)
class Fits:
    """``plain`` is posted where a firm gives no body; of each of ``needed`` a body says one at least."""

    plain: Mapping[str, str]
    needed: Sequence[frozenset[str]]


SMS = Fits(PLAIN, (frozenset({"to"}), frozenset({"text"})))


@dataclass(frozen=True)
class Gateway:
    """``body`` is what is posted: its texts may say ``{to}``, ``{text}``, ``{from}`` and ``{id}``.

    ``accepted`` maps JSON pointers into the answer to what stands there when a 2xx means yes.
    """

    url: str
    sender: str = "Astreinte"
    country: str = "FR"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Json] = field(default_factory=lambda: PLAIN, repr=False)
    format: Literal["json", "form"] = "json"
    accepted: Mapping[str, Json] = field(default_factory=dict)
    account: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def parse(
        cls,
        url: str,
        fits: "Fits" = SMS,
        /,
        *,
        sender: str = "Astreinte",
        country: str = "FR",
        headers: str = "",
        body: str = "",
        format: str = "json",
        accepted: str = "",
    ) -> "Gateway":
        """From the texts of settings; ``ValueError`` whose first word is the setting that is wrong.

        ``fits``: what it has to say.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("URL names no gateway: write https://host/path")
        if not _SENDER.fullmatch(sender):
            raise ValueError(f"FROM is {sender!r}: a number, or at most 11 letters and digits")
        if country not in REGIONS:
            raise ValueError(f"COUNTRY is {country!r}: two capital letters such as FR")
        if format not in ("json", "form"):
            raise ValueError(f"FORMAT is {format!r}: json or form")
        template = _object("BODY", body) if body else fits.plain
        said = set(_PLACE.findall(json.dumps(template)))
        for either in fits.needed:
            if not either & said:
                names = " or ".join(f"{{{each}}}" for each in sorted(either))
                raise ValueError(f"BODY says {names} nowhere: without it nobody is told anything")
        named = _object("HEADERS", headers)
        if not all(isinstance(value, str) for value in named.values()):
            raise ValueError('HEADERS holds something else than texts: {"api-key": "…"}')
        if format == "form" and not all(isinstance(value, str) for value in template.values()):
            raise ValueError("BODY holds something else than texts, which a form cannot")
        account = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        host = parts.netloc.rpartition("@")[2]
        return cls(
            url=urlunsplit(parts._replace(netloc=host)),
            sender=sender,
            country=country,
            headers=named,
            body=template,
            format="form" if format == "form" else "json",
            accepted=_object("ACCEPTED", accepted),
            account=account,
        )


@dataclass(frozen=True)
class Sms:
    """``to`` in E.164; ``id`` is the same for every attempt."""

    to: str
    text: str
    id: str


class Sender:
    """Sends SMS over connections that are kept for the next one."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT_SECONDS, trust_env=False, auth=gateway.account, headers=dict(gateway.headers)
        )

    async def send(self, sms: Sms) -> None:
        """Return once the gateway has taken it.

        ``Rejected`` when it never will; any other exception means that another attempt may help.
        """
        await self.hand_over({"to": sms.to, "text": sms.text, "id": sms.id})

    async def hand_over(self, told: Mapping[str, str]) -> None:
        """The same for whatever the gateway's body may say of ``told``, whose ``id`` is its key."""
        gateway = self._gateway
        said = {**told, "from": gateway.sender}
        body = _filled(gateway.body, said)
        content: dict[str, Any] = {"json": body} if gateway.format == "json" else {"data": body}
        answer = await self._client.post(gateway.url, headers={"Idempotency-Key": told["id"]}, **content)
        if answer.is_success:
            if (why := _unlike(answer, gateway.accepted)) is not None:
                raise Rejected(f"gateway-refused: {why}")
            return
        words = f"{answer.status_code} {_one_line(answer.text)}".strip()
        if answer.is_client_error and answer.status_code not in _AGAIN:
            raise Rejected(f"gateway-refused: {words}")
        raise httpx.HTTPStatusError(words, request=answer.request, response=answer)

    async def close(self) -> None:
        await self._client.aclose()


def _filled(template: Json, said: Mapping[str, str]) -> Json:
    if isinstance(template, str):
        return _PLACE.sub(lambda place: said[place[1]], template)
    if isinstance(template, Mapping):
        return {key: _filled(value, said) for key, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, said) for value in template]
    return template


def _unlike(answer: httpx.Response, accepted: Mapping[str, Json]) -> str | None:
    """What the answer says in place of what an accepted SMS says."""
    if not accepted:
        return None
    try:
        found = answer.json()
    except ValueError:
        return f"{answer.status_code} without JSON: {_one_line(answer.text)}"
    for pointer, wanted in accepted.items():
        if _at(found, pointer) != wanted:
            return f"{answer.status_code} {_one_line(answer.text)}"
    return None


def _at(found: Json, pointer: str) -> Json:
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping):
            found = found.get(name)
        elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            return None
    return found


def _object(name: str, text: str) -> dict[str, Json]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"{name} is no JSON object")
    return found


def _one_line(text: str) -> str:
    return " ".join(text.split())[:SAID]
