"""Idempotency-Key as it comes in a request; what it does is the store's."""

import re
from typing import Annotated

from fastapi import Depends, Header, Request

from contracts.text import Text
from infra.chassis.http.auth import principal_of
from infra.chassis.http.call import call_of
from infra.chassis.http.openapi import REQUIRED
from infra.chassis.http.problems import Problem
from infra.chassis.store.idempotency import KeyedBy

_KEY = re.compile(r"[\x20-\x7e]{1,200}")


async def _honoured(
    request: Request, idempotency_key: Annotated[str | None, Header()] = None
) -> KeyedBy | None:
    return None if idempotency_key is None else _keyed(request, idempotency_key)


async def _required(
    request: Request,
    idempotency_key: Annotated[str | None, Header(json_schema_extra={REQUIRED: True})] = None,
) -> KeyedBy:
    principal_of(request)
    if idempotency_key is None:
        raise Problem(
            "idempotency-key-required",
            Text(
                "Send a new random Idempotency-Key with each new request; nothing was stored.",
                "Envoyez un Idempotency-Key neuf avec chaque demande ; rien n'a été enregistré.",
            ),
        )
    return _keyed(request, idempotency_key)


def _keyed(request: Request, key: str) -> KeyedBy:
    if _KEY.fullmatch(key) is None:
        raise Problem(
            "idempotency-key-invalid",
            Text(
                "An Idempotency-Key has 1 to 200 printable ASCII characters.",
                "Un Idempotency-Key a 1 à 200 caractères ASCII imprimables.",
            ),
        )
    return KeyedBy(principal_of(request).caller, key, call_of(request).digest)


Idempotency = Annotated[KeyedBy | None, Depends(_honoured)]
"""The caller's key with the digest of his request, or None without one."""

IdempotencyRequired = Annotated[KeyedBy, Depends(_required)]
"""The same where a key is required: 400 without one."""
