"""Links that need no login: nobody makes one or another of one, and each ends."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from infra.chassis.http.signed import signed, what_is_signed

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=60)


def test_a_link_says_what_it_stands_for_until_its_day_and_the_same_each_time() -> None:
    token = signed("key", "t1/t1-2", LATER)
    assert what_is_signed("key", token, NOW) == "t1/t1-2"
    assert what_is_signed("key", token, LATER - timedelta(seconds=1)) == "t1/t1-2"
    assert what_is_signed("key", token, LATER) is None
    assert signed("key", "t1/t1-2", LATER) == token


def test_it_is_worth_nothing_under_another_key_and_under_none() -> None:
    token = signed("key", "t1/", LATER)
    assert what_is_signed("other", token, NOW) is None
    assert what_is_signed("", signed("", "t1/", LATER), NOW) is None


def test_the_same_written_otherwise_is_none_of_ours() -> None:
    token = next(each for n in range(99) if "-" in (each := signed("key", f"t{n}", LATER)))
    for other in (
        token.replace("-", "+"),
        f"{token}=",
        f" {token}",
        f"{token[:-1]}{chr(ord(token[-1]) + 1)}",
    ):
        assert what_is_signed("key", other, NOW) is None


@given(st.text(max_size=80), st.integers(0, 60), st.characters())
def test_whatever_else_somebody_sends_is_none_of_ours(text: str, at: int, letter: str) -> None:
    assert what_is_signed("key", text, NOW) is None
    token = signed("key", "t1/t1-2", LATER)
    at %= len(token)
    changed = token[:at] + letter + token[at + 1 :]
    assert changed == token or what_is_signed("key", changed, NOW) is None
