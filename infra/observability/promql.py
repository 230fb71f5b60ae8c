"""Which metrics a PromQL expression asks for, by its syntax tree and not by a list."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import promql_parser

RECORDED = ":"
"""Only recorded series have a colon in their name."""
_BY_GRAFANA = {"$__rate_interval": "5m"}
_GROUP = re.compile(r"\(([^()]*)\)")
_LITERAL = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


@dataclass(frozen=True)
class Asked:
    """One metric, with the labels that it is chosen by."""

    metric: str
    labels: frozenset[str]


def asked(expression: str) -> set[Asked]:
    """Every metric of an expression; ``ValueError`` says what is wrong with it.

    A name may be a regular expression made of names and groups of names, ``(ticket|notify)_x``: each of
    them is meant.
    """
    for name, stands_for in _BY_GRAFANA.items():
        expression = expression.replace(name, stands_for)
    found: set[Asked] = set()

    def visit(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.MatrixSelector):
            visit(node.vector_selector)
        elif isinstance(node, promql_parser.VectorSelector):
            labels = {matcher.name for matcher in node.matchers.matchers} - {"__name__"}
            found.update(Asked(name, frozenset(labels)) for name in _names(node))

    promql_parser.walk(promql_parser.parse(expression), visit)
    return found


def _names(selector: promql_parser.VectorSelector) -> Iterator[str]:
    if selector.name is not None:
        yield selector.name
        return
    for matcher in selector.matchers.matchers:
        if matcher.name == "__name__" and matcher.op == promql_parser.MatchOp.Re:
            yield from _expanded(matcher.value)
            return
    raise ValueError(f"{selector.prettify()} names no metric")


def _expanded(pattern: str) -> Iterator[str]:
    pieces = [piece.split("|") if index % 2 else [piece] for index, piece in enumerate(_GROUP.split(pattern))]
    for chosen in product(*pieces):
        name = "".join(chosen)
        if _LITERAL.fullmatch(name) is None:
            raise ValueError(f"{pattern} is more than names and groups of names")
        yield name
