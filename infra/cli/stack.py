"""Where a running stack answers, and tokens for it."""

import json
from pathlib import Path
from typing import Any

from infra.chassis.failed import Failed
from infra.chassis.ops.commands import RUNNING
from infra.local.issuer import DevelopmentIssuer


def stack_of(
    data: Path, url: str | None, ready: Path | None, token: str | None
) -> tuple[str, dict[str, str]]:
    """Address and tokens by role: what was said comes first, then the ready file, then what `up` wrote."""
    written = ready or data.expanduser() / RUNNING
    document: dict[str, Any] = {}
    if ready is not None or (not (url and token) and written.exists()):
        try:
            document = json.loads(written.read_text())
            tokens = dict(document["tokens"])
        except OSError as error:
            raise Failed(
                f"{written} cannot be read ({error.strerror}): is `astreinte up` running?"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise Failed(f"{written} is not what `astreinte up --ready` writes.") from error
    else:
        tokens = {}
    address = url or document.get("http")
    if not address:
        raise Failed("No stack is named: start one with `astreinte up`, or give --url or --ready.")
    if token:
        tokens = {"admin": token}
    elif tokens and ready is None:
        # Those that were written down at the start have an end, and the stack may run for weeks.
        issuer = DevelopmentIssuer(data.expanduser().resolve(), profile="development")
        tokens = {role: issuer.token(role, subject=role) for role in ("admin", "agent", "dispatcher")}
    if not tokens:
        raise Failed("No token: set ASTREINTE_TOKEN to what `astreinte token admin` prints, or give --ready.")
    return address.rstrip("/"), tokens
