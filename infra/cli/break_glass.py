"""`astreinte break-glass`: a code for the day when nobody can sign in."""

import base64
import json
import secrets

from infra.chassis.http.vouching import digest_of
from infra.chassis.ops.options import AsJson

BYTES = 20


def break_glass(as_json: AsJson = False) -> None:
    """Print a new code for the firm's safe, and the digest to set as ASTREINTE_BREAK_GLASS for notify.

    Whoever types it at /session/break-glass is an administrator for an hour. ASTREINTE_LINK_KEY is needed.
    """
    letters = base64.b32encode(secrets.token_bytes(BYTES)).decode().lower()
    code = "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
    digest = digest_of(code)
    if as_json:
        print(json.dumps({"code": code, "digest": digest}))
        return
    print(f"For the safe, shown once:  {code}")
    print(f"ASTREINTE_BREAK_GLASS={digest}")
