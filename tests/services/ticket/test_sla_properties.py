"""The SLA engine against a second implementation that only walks through the minutes."""

import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.ticket.cli.cases import computed
from tests.services.ticket.minute_by_minute import answer
from tests.services.ticket.random_cases import EVENTS, a_case

SEEDS = st.integers(0, 2**32)
"""Details come from these: draws of their own make most cases plain, and plain cases prove little."""


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    events = draw(st.lists(st.tuples(st.sampled_from(EVENTS), SEEDS), min_size=2, max_size=12))
    return a_case(Random(draw(SEEDS)), [(event, Random(seed)) for event, seed in events])


@settings(max_examples=250, deadline=None)
@given(cases())
def test_walking_through_the_minutes_gives_the_same_clocks(case: dict[str, Any]) -> None:
    assert computed(json.dumps(case).encode()) == answer(case)
