"""A key opens what it was made for, by its digest alone, until it ends."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import AutoReconnect

from infra.chassis.http.api_keys import Keyring, KnownKey, digest_of_key, key_of
from infra.chassis.http.problems import Problem
from infra.chassis.http.roles import KEY_VERBS

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = key_of(bytes(range(32)))


@dataclass(frozen=True)
class Key:
    api_key_id: str = "k2"
    customer_id: str = "acme"
    acts_as: str = "k1"
    verbs: tuple[str, ...] = ("tickets:read", "customers:write")
    expires_at: datetime = NOW + timedelta(days=1)
    revoked_at: datetime | None = None


def keyring(key: Key | None, asked: list[str] | None = None) -> Keyring:
    async def find(digest: str) -> KnownKey | None:
        if asked is not None:
            asked.append(digest)
        return key if digest == digest_of_key(KEY) else None

    return Keyring(find, now=NOW.timestamp)


async def refused(keys: Keyring, key: str = KEY) -> Problem:
    with pytest.raises(Problem) as problem:
        await keys.principal(key)
    return problem.value


def test_a_key_has_a_prefix_and_a_form_that_scanners_find() -> None:
    for secret in (bytes(32), b"\xff" * 32, bytes(range(32))):
        assert re.fullmatch(r"astr_[0-9A-Za-z]{49}", key_of(secret))
    assert len({key_of(bytes([n]) * 32) for n in range(256)}) == 256


async def test_it_acts_for_its_customer_and_does_no_more_than_its_verbs_and_an_integration_may() -> None:
    who = await keyring(Key()).principal(KEY)
    assert (who.role, who.customer, who.subject) == ("portal", "acme", "key-k1")
    assert [verb for verb in KEY_VERBS if who.may(verb)] == ["tickets:read"]
    assert not who.may("customers:write")
    with pytest.raises(Problem) as problem:
        who.require("tickets:open")
    assert (problem.value.slug, problem.value.members["verbs"]) == ("forbidden-key", ["tickets:read"])
    with pytest.raises(Problem, match="forbidden-role"):
        who.require("customers:write")


def test_no_key_opens_a_screen_or_makes_keys() -> None:
    assert not [verb for verb in KEY_VERBS if verb.startswith(("screens:", "api-keys:", "imports:"))]


async def test_a_stream_opened_with_a_key_comes_again_soon() -> None:
    who = await keyring(Key()).principal(KEY)
    assert who.expires_at == NOW.timestamp() + 60
    short = await keyring(replace(Key(), expires_at=NOW + timedelta(seconds=5))).principal(KEY)
    assert short.expires_at == NOW.timestamp() + 5


@pytest.mark.parametrize(
    ("change", "slug"),
    [({"expires_at": NOW}, "api-key-expired"), ({"revoked_at": NOW}, "api-key-revoked")],
)
async def test_one_that_is_over_says_so(change: dict[str, datetime], slug: str) -> None:
    problem = await refused(keyring(replace(Key(), **change)))  # type: ignore[arg-type]
    assert problem.slug == slug
    assert "invalid_token" in problem.headers["WWW-Authenticate"]


async def test_one_that_nobody_made_is_refused() -> None:
    assert (await refused(keyring(None))).slug == "invalid-token"


@pytest.mark.parametrize("key", [KEY[:-1], KEY[:-1] + "~", KEY[:9] + "ZZ" + KEY[11:], "astr_", KEY + "0"])
async def test_a_mistyped_one_is_refused_without_a_query(key: str) -> None:
    asked: list[str] = []
    assert (await refused(keyring(Key(), asked), key)).slug == "invalid-token"
    assert asked == []


async def test_without_the_database_it_is_asked_to_come_again() -> None:
    async def away(_: str) -> KnownKey | None:
        raise AutoReconnect("away")

    assert (await refused(Keyring(away))).slug == "not-ready"
