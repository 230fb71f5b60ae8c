"""The real log, where it is at hand: nearly nine hundred incidents of February 2016 to February 2017."""

import os
from collections import Counter
from pathlib import Path

import pytest

from infra.replay.incident import Incident, gather
from infra.replay.log import read_log
from infra.replay.plan import FINISH, IncidentPlan, plan_incident
from tests.infra.replay.logs import MAPPING

DATA = "ASTREINTE_DATA"
LOG = Path(os.environ.get(DATA, "")) / "servicenow-incident-log.csv"

pytestmark = pytest.mark.skipif(
    not (os.environ.get(DATA) and LOG.exists()),
    reason=f"{DATA} names no folder with {LOG.name}",
)


@pytest.fixture(scope="module")
def incidents() -> tuple[Incident, ...]:
    found, bad = gather(read_log(LOG, time_zone=MAPPING.time_zone, states=MAPPING.states))
    assert bad == ()
    return found


@pytest.fixture(scope="module")
def plans(incidents: tuple[Incident, ...]) -> list[IncidentPlan]:
    return [plan_incident(incident, MAPPING) for incident in incidents]


def test_every_row_is_read(incidents: tuple[Incident, ...]) -> None:
    assert len(incidents) == 890
    assert sum(len(incident.rows) for incident in incidents) == 5998


def test_enough_of_it_is_work_on_site(plans: list[IncidentPlan]) -> None:
    assert sum(plan.on_site for plan in plans) >= 200
    assert all((FINISH in {step.verb for step in plan.steps}) == plan.on_site for plan in plans)


def test_every_incident_is_opened_once_and_closed_in_the_end(plans: list[IncidentPlan]) -> None:
    for plan in plans:
        verbs = Counter(step.verb for step in plan.steps)
        assert verbs["open"] == 1
        assert plan.steps[-1].verb == "close"


def test_every_category_of_many_incidents_is_in_the_mapping(incidents: tuple[Incident, ...]) -> None:
    seen = Counter(incident.last.category for incident in incidents)
    unknown = {name: count for name, count in seen.items() if name not in MAPPING.categories}
    assert all(count <= 4 for count in unknown.values()), unknown
