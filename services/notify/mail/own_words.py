"""The firm's own templates: a small part of Jinja, checked before it is kept and bounded when it is rendered.

A template may say words, ask ``if`` and go through a list with ``for``. It calls nothing, assigns nothing,
multiplies nothing and includes nothing, so that how long it takes is bounded by how long it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from contracts.text import Text

LONGEST_SOURCE = 10_000
LONGEST_TEXT = 20_000
DEEPEST = 2
LONGEST_BETWEEN = 20
"""One ``for`` within another: the work is the product of the lists' lengths."""

FILTERS = frozenset(
    {"capitalize", "default", "first", "join", "last", "length", "lower", "title", "trim", "upper"}
)
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Getattr, nodes.Getitem, nodes.Filter,
    nodes.CondExpr, nodes.Concat, nodes.Tuple,
)  # fmt: skip


class CannotRender(Exception):
    """What is written cannot be said with these words; the text says why."""


@dataclass(frozen=True)
class Mistake:
    """``line`` counts from 1."""

    line: int
    why: Text


def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {}
    return made


_SANDBOX = _environment()


def mistakes(source: str, known: frozenset[str]) -> list[Mistake]:
    """What keeps a template from being used, by line; ``known`` are the words that it may say."""
    if len(source) > LONGEST_SOURCE:
        too_long = Text(
            f"it is longer than {LONGEST_SOURCE} letters", f"il dépasse {LONGEST_SOURCE} caractères"
        )
        return [Mistake(1, too_long)]
    try:
        tree = _SANDBOX.parse(source)
    except TemplateSyntaxError as error:
        words = error.message or "it cannot be read"
        return [Mistake(error.lineno, Text(words, f"il est illisible : {words}"))]
    except RecursionError:
        return [Mistake(1, Text("it is nested too deeply", "il est imbriqué trop profondément"))]
    found = list(_wrong(tree, known, 0))
    return sorted(found, key=lambda each: each.line)


def render(source: str, told: Mapping[str, Any], most: int = LONGEST_TEXT) -> str:
    """``CannotRender`` where a word is missing, or it becomes longer than ``most`` letters."""
    if wrong := mistakes(source, frozenset(told)):
        raise CannotRender(f"line {wrong[0].line}: {wrong[0].why.en}")
    said, length = [], 0
    try:
        for part in _SANDBOX.from_string(source).generate(dict(told)):
            length += len(part)
            if length > most:
                raise CannotRender(f"it becomes longer than {most} letters")
            said.append(part)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise CannotRender(str(error)) from error
    return "".join(said)


def _wrong(node: nodes.Node, known: frozenset[str], depth: int) -> Iterator[Mistake]:
    if not isinstance(node, _ALLOWED):
        name = type(node).__name__.lower()
        yield Mistake(
            node.lineno, Text(f"a template may not do this ({name})", f"un modèle ne fait pas cela ({name})")
        )
        return
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
        yield Mistake(node.lineno, Text(f"there is no word {node.name}", f"il n'y a pas de mot {node.name}"))
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        allowed = ", ".join(sorted(FILTERS))
        yield Mistake(
            node.lineno,
            Text(f"of filters there are {allowed}", f"comme filtres il y a {allowed}"),
        )
    if isinstance(node, nodes.Filter) and node.name == "join" and not _joins_a_list(node):
        yield Mistake(
            node.lineno,
            Text(
                "join takes a list by its name and a short text between",
                "join prend une liste par son nom et un texte court entre",
            ),
        )
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        yield Mistake(node.lineno, Text("it looks where nothing is", "il n'y a rien là"))
    if isinstance(node, nodes.For):
        yield from _wrong_loop(node, known, depth)
        return
    for child in node.iter_child_nodes():
        yield from _wrong(child, known, depth)


def _joins_a_list(node: nodes.Filter) -> bool:
    """Anything else multiplies: a text is joined letter by letter, and what comes of it once more."""
    short = all(
        isinstance(each, nodes.Const) and len(str(each.value)) <= LONGEST_BETWEEN for each in node.args
    )
    return isinstance(node.node, nodes.Name) and not node.kwargs and len(node.args) <= 1 and short


def _wrong_loop(node: nodes.For, known: frozenset[str], depth: int) -> Iterator[Mistake]:
    if node.recursive or depth >= DEEPEST or not isinstance(node.iter, nodes.Name):
        yield Mistake(
            node.lineno,
            Text(
                "a list is gone through by its name, one within another at most",
                "une liste se parcourt par son nom, l'une dans l'autre au plus",
            ),
        )
        return
    yield from _wrong(node.iter, known, depth)
    names = {each.name for each in node.target.find_all(nodes.Name)}
    if isinstance(node.target, nodes.Name):
        names.add(node.target.name)
    inner = known | names | {"loop"}
    for child in (*node.body, *node.else_, *((node.test,) if node.test else ())):
        yield from _wrong(child, inner, depth + 1)
