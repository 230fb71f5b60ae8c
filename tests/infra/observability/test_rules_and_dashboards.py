"""The rules and dashboards, without a Prometheus: what they ask for, and what an alert says."""

import pytest

from infra.observability.__main__ import complaints, expressions, generated, rules
from infra.observability.promql import Asked, asked


def test_every_expression_makes_sense_and_the_committed_dashboards_are_what_is_made() -> None:
    assert list(complaints()) == []
    assert {place.partition(":")[0] for place, _ in expressions()} == {"rules.yaml", *generated()}


def test_an_alert_says_what_to_do() -> None:
    alerts = [rule for rule in rules() if "alert" in rule]
    assert len({rule["alert"] for rule in alerts}) == len(alerts) > 10
    assert all(len(rule["annotations"]["what_to_do"]) > 40 for rule in alerts)


def test_metrics_are_found_wherever_they_stand_in_an_expression() -> None:
    expression = """
        histogram_quantile(0.99, sum by (le) (rate(a_seconds_bucket{state="dead"}[$__rate_interval])))
        > on () group_left () (max_over_time(b[5m:1m] offset 1h)) or -absent(c{job="x"})
    """
    assert asked(expression) == {
        Asked("a_seconds_bucket", frozenset({"state"})),
        Asked("b", frozenset()),
        Asked("c", frozenset({"job"})),
    }


def test_a_name_with_groups_means_each_of_them() -> None:
    assert {each.metric for each in asked('{__name__=~"(a|b)_x_(sum|count)"}')} == {
        "a_x_sum",
        "a_x_count",
        "b_x_sum",
        "b_x_count",
    }


@pytest.mark.parametrize("expression", ["sum(", "rate(a[5m]) >", '{__name__=~"a_.*"}', '{job="astreinte"}'])
def test_what_cannot_be_read_or_names_no_metric_is_refused(expression: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each of these has its own words
        asked(expression)
