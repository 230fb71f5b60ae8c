"""Every address answers as its OpenAPI document says, whatever is sent to it."""

import asyncio
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks

from contracts.catalogue import SERVICES
from tests.flows.platform import Platform
from tests.turns import has_its_turn

EXAMPLES = 4
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_answers_as_it_says(platform: Platform, service: str) -> None:
    document = (await platform.client.get(f"/v1/openapi/{service}.json")).json()
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=platform.http)
    headers = platform.bearer("admin")
    tried = await asyncio.to_thread(
        lambda: [
            try_out(each, headers, mode)
            for each in operations(schema)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        ]
    )
    assert len(tried) >= 4


def operations(schema: Any) -> list[Any]:
    """The operations whose turn it is, but for the live streams, which do not end."""
    found = [each.ok() for each in schema.get_all_operations()]
    return [each for each in found if "/streams/" not in each.path and has_its_turn(each.label)]


def try_out(operation: Any, headers: dict[str, str], mode: GenerationMode) -> str:
    """Send what hypothesis makes of the schema, sound and not."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers_as_it_says(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=list(CHECKS))

    answers_as_it_says()
    return str(operation.label)
