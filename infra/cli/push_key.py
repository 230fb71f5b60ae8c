"""`astreinte push-key`: the key that browsers' push services know the firm by."""

import json

from infra.chassis.ops.options import AsJson


def push_key(as_json: AsJson = False) -> None:
    """Print a new key to set as ASTREINTE_PUSH_KEY for notify, once: with another one, whoever wanted to be
    told on a telephone has to say so again there.
    """
    from services.notify.push.sealing import VapidKey, new_secret

    secret = new_secret()
    public = VapidKey(secret, "").public
    if as_json:
        print(json.dumps({"secret": secret, "public": public}))
        return
    print(f"ASTREINTE_PUSH_KEY={secret}")
