"""The table of rules and the tests of the rules name each other."""

import ast
from collections import Counter
from pathlib import Path

from tests.rules import ELSEWHERE, RULES

FILES = sorted(Path(__file__).parent.glob("infra/chassis/test_*_rules.py"))


def named_in(file: Path) -> list[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = [node.name for node in ast.parse(file.read_text()).body if isinstance(node, functions)]
    return [name for name in names if name.startswith("test_")]


def test_every_rule_names_a_test_and_every_rules_test_has_a_rule() -> None:
    tests = [test for file in FILES for test in named_in(file)]
    assert [test for test, count in Counter(tests).items() if count > 1] == []
    assert {rule.test for rule in RULES} == set(tests)


def test_every_rule_is_said_once_and_has_a_fault_of_its_own_for_its_test() -> None:
    assert [says for says, count in Counter(rule.says for rule in RULES).items() if count > 1] == []
    pairs = Counter((rule.test, rule.fault) for rule in RULES)
    assert [pair for pair, count in pairs.items() if count > 1] == []


def test_what_is_held_elsewhere_has_its_test_and_its_fault_there() -> None:
    for each in ELSEWHERE:
        file = Path(__file__).parent / each.file
        assert each.test in named_in(file)
        assert f'id="{each.fault}"' in file.read_text()
