"""Which keys and issuers are believed, and for how long."""

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from infra.chassis.http.auth import AUDIENCE, DEVELOPMENT_ISSUER, Authenticator
from infra.chassis.http.problems import Problem
from tests.infra.chassis.http.shop import ISSUER, JWKS, KEY, make_shop, token


class Issuer:
    """An issuer whose key set changes and counts its readers."""

    def __init__(self, *keys: Any) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.down = False

    async def fetch(self) -> dict[str, Any]:
        self.asked += 1
        if self.down:
            raise ValueError("no answer")
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


def signed(key: Any, kid: str, alg: str = "ES256") -> str:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "exp": int(time.time()) + 600, "role": "agent", "sub": "x"}
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("RS256", RSAKey.generate_key(2048, {"kid": "k"})),
        ("ES256", ECKey.generate_key("P-256", {"kid": "k"})),
        ("EdDSA", OKPKey.generate_key("Ed25519", {"kid": "k"})),
    ],
)
async def test_the_three_algorithms_are_taken(alg: str, key: Any) -> None:
    authenticator = Authenticator(jwks={"keys": [key.as_dict(private=False)]}, issuer=ISSUER)
    assert (await authenticator.principal(signed(key, "k", alg))).role == "agent"


async def test_a_new_key_of_the_issuer_is_fetched_when_a_token_names_it() -> None:
    new = ECKey.generate_key("P-256", {"kid": "second"})
    issuer = Issuer(KEY)
    moment = [1000.0]
    authenticator = Authenticator(jwks=issuer.fetch, issuer=ISSUER, monotonic=lambda: moment[0])
    await authenticator.principal(token())
    issuer.keys.append(new)
    moment[0] += 31
    assert (await authenticator.principal(signed(new, "second"))).subject == "x"
    assert issuer.asked == 2


async def test_unknown_keys_make_the_key_set_fetched_at_most_every_30_seconds() -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "stranger"})
    issuer = Issuer(KEY)
    moment = [1000.0]
    authenticator = Authenticator(jwks=issuer.fetch, issuer=ISSUER, monotonic=lambda: moment[0])
    await authenticator.principal(token())
    for _ in range(50):
        with pytest.raises(Problem, match="invalid-token"):
            await authenticator.principal(signed(stranger, "stranger"))
    assert issuer.asked == 1
    moment[0] += 31
    with pytest.raises(Problem, match="invalid-token"):
        await authenticator.principal(signed(stranger, "stranger"))
    assert issuer.asked == 2


async def test_an_issuer_that_does_not_answer_is_a_503_until_its_keys_are_known() -> None:
    issuer = Issuer(KEY)
    issuer.down = True
    moment = [1000.0]
    authenticator = Authenticator(jwks=issuer.fetch, issuer=ISSUER, monotonic=lambda: moment[0])
    with pytest.raises(Problem, match="not-ready"):
        await authenticator.principal(token())
    issuer.down = False
    moment[0] += 2
    assert (await authenticator.principal(token())).subject == "marie"


async def test_known_keys_stay_good_while_the_issuer_is_down() -> None:
    issuer = Issuer(KEY)
    moment = [1000.0]
    authenticator = Authenticator(jwks=issuer.fetch, issuer=ISSUER, monotonic=lambda: moment[0])
    await authenticator.principal(token())
    issuer.down = True
    moment[0] += 100
    with pytest.raises(Problem, match="invalid-token"):
        await authenticator.principal(signed(ECKey.generate_key("P-256"), "other"))
    assert (await authenticator.principal(token(subject="paul"))).subject == "paul"


async def test_a_token_is_remembered_no_longer_than_it_is_valid() -> None:
    now = [time.time()]
    authenticator = Authenticator(jwks=JWKS, issuer=ISSUER, now=lambda: now[0])
    short = token(exp=int(now[0]) + 10)
    await authenticator.principal(short)
    now[0] += 45
    with pytest.raises(Problem, match="invalid-token"):
        await authenticator.principal(short)


def test_the_production_profile_does_not_start_with_the_development_issuer() -> None:
    with pytest.raises(ValueError, match="ASTREINTE_ISSUER"):
        Authenticator(jwks=JWKS, issuer=DEVELOPMENT_ISSUER)


async def test_the_production_profile_refuses_a_development_token_even_if_its_key_is_known() -> None:
    authenticator = Authenticator(jwks=JWKS, issuer=ISSUER)
    with pytest.raises(Problem, match="invalid-token"):
        await authenticator.principal(token(iss=DEVELOPMENT_ISSUER))


async def test_a_token_without_a_subject_is_for_the_development_profile_only() -> None:
    nameless = token("contract-manager", subject=None)
    development = Authenticator(jwks=JWKS, issuer=ISSUER, profile="development")
    assert (await development.principal(nameless)).subject is None
    with pytest.raises(Problem, match="invalid-token"):
        await Authenticator(jwks=JWKS, issuer=ISSUER).principal(nameless)


async def test_a_customer_in_a_token_of_the_firm_counts_for_nothing() -> None:
    principal = await Authenticator(jwks=JWKS, issuer=ISSUER).principal(token("agent", customer="acme"))
    assert principal.customer is None
    assert principal.sees("rival")


async def test_a_bad_token_does_not_matter_where_nobody_asks_who_you_are() -> None:
    async with make_shop().client("nonsense") as client:
        assert (await client.get("/live")).status_code == 200
