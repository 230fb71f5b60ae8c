"""What the sample firm does before something breaks is what the interfaces take, and is not done twice."""

import json
from datetime import date

import pytest

from infra.sample.firm import Firm
from infra.sample.loading import SAMPLES
from infra.sample.upkeep import plans, renewals, trainings
from services.inventory.api.life_cycles import RenewalRulesBody
from services.inventory.api.maintenance_plans import MaintenancePlanBody
from services.inventory.api.renewals import RefreshBody
from services.inventory.api.trainings import TrainingBody
from services.inventory.domain.quiet_days import HORIZON

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module", params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> Firm:
    return SAMPLES[request.param](1)


def test_plans_are_taken_and_fall_due_long_after_the_day_that_is_played(sample: Firm) -> None:
    found = plans(sample, TODAY)
    assert len({call.path for call in found}) == len(found) > 0
    for call in found:
        body = MaintenancePlanBody.model_validate_json(_json(call.body))
        assert body.category in sample.work_types
        assert body.follow_up_category in sample.work_types
        assert body.trigger.first_on is not None
        assert body.trigger.first_on - 3 * HORIZON > TODAY
    assert plans(sample, date(2026, 3, 31)) == found, "again in the same month it changes nothing"


def test_renewals_are_priced_and_every_park_is_looked_through(sample: Firm) -> None:
    rules, *looks = renewals(sample)
    body = RenewalRulesBody.model_validate_json(_json(rules.body))
    assert {body.category, body.training_category} <= sample.work_types.keys()
    assert {each["kind"] for each in sample.assets.values()} <= body.price_cents.keys()
    asked = [RefreshBody.model_validate_json(_json(call.body)).customer_id for call in looks]
    assert asked == list(sample.customers)


def test_a_training_is_asked_for_once_and_on_a_working_day(sample: Firm) -> None:
    [call] = trainings(sample, TODAY, ())
    body = TrainingBody.model_validate_json(_json(call.body))
    assert body.category in sample.work_types
    assert body.wished_on > TODAY
    assert body.wished_on.weekday() < 5
    assert set(body.contacts) <= sample.contacts.keys()
    assert body.contacts
    assert list(trainings(sample, TODAY, [{"customer_id": body.customer_id}])) == []


def _json(body: object) -> str:
    return json.dumps(body)
