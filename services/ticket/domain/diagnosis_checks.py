"""What is wrong with a tree of questions, told with the path that leads there."""

from collections.abc import Collection

from contracts.refusal import Refusal
from contracts.text import Text
from services.ticket.domain.diagnosis import (
    MAX_ASKED,
    NO,
    YES,
    Condition,
    Question,
    QuestionKind,
    Tree,
)

Path = tuple[str, ...]


def checked(tree: Tree) -> Tree:
    """The tree itself; ``Refusal`` (``diagnosis-invalid``, with ``path``) where somebody would be lost."""
    ids = [question.id for question in tree.questions]
    for id in ids:
        if ids.count(id) > 1:
            raise _invalid((id,), f"There are two questions {id!r}.", f"Il y a deux questions {id!r}.")
    longest: dict[str, Path] = {tree.first: (tree.first,)}
    before: dict[str, frozenset[str]] = {tree.first: frozenset()}
    for id in _in_order(tree):
        for following in _following(tree, (id,)):
            there = (*longest[id], following)
            longest[following] = max(there, longest.get(following, ()), key=len)
            before[following] = before.get(following, frozenset()) | before[id] | {id}
    for question in tree.questions:
        if question.id not in longest:
            raise _invalid(
                (question.id,),
                f"Nobody ever comes to the question {question.id!r}: lead to it or leave it out.",
                f"Personne n'arrive à la question {question.id!r} : menez-y ou retirez-la.",
            )
        _check_question(question)
    path = max(longest.values(), key=len)
    if len(path) > MAX_ASKED:
        raise _invalid(
            path,
            f"That is {len(path)} questions, {MAX_ASKED} at most: end earlier.",
            f"Cela fait {len(path)} questions, {MAX_ASKED} au plus : terminez plus tôt.",
        )
    for question in tree.questions:
        for branch in question.branches:
            for condition in branch.when:
                _check_condition(tree, longest[question.id], before[question.id], condition)
    return tree


def _in_order(tree: Tree) -> list[str]:
    """The questions that somebody may come to, each after all those that lead to it."""
    done: list[str] = []
    over = set[str]()
    under_way: list[tuple[Path, list[str]]] = [((tree.first,), _following(tree, (tree.first,)))]
    while under_way:
        path, left = under_way[-1]
        if not left:
            under_way.pop()
            done.append(path[-1])
            over.add(path[-1])
            continue
        following = left.pop()
        if following in path:
            raise _invalid(
                (*path, following),
                f"It comes back to {following!r}: a question is asked once.",
                f"Cela revient à {following!r} : une question n'est posée qu'une fois.",
            )
        if following not in over:
            there = (*path, following)
            under_way.append((there, _following(tree, there)))
    return done[::-1]


def _following(tree: Tree, path: Path) -> list[str]:
    """The questions that may come next, each once."""
    question = tree.question(path[-1])
    if question is None:
        raise _invalid(
            path,
            f"It leads to {path[-1]!r}, which is no question: add it, or end there.",
            f"Cela mène à {path[-1]!r}, qui n'est pas une question : ajoutez-la, ou terminez là.",
        )
    if not question.branches:
        raise _invalid(
            path,
            f"The question {question.id!r} leads nowhere: give it a branch.",
            f"La question {question.id!r} ne mène nulle part : donnez-lui une branche.",
        )
    return [each for each in dict.fromkeys(branch.next for branch in question.branches) if each is not None]


def _check_question(question: Question) -> None:
    *others, last = question.branches
    if last.when:
        raise _invalid(
            (question.id,),
            f"The last branch of {question.id!r} must hold always: whoever does not know goes on there.",
            f"La dernière branche de {question.id!r} doit toujours valoir : qui ne sait pas continue par là.",
        )
    if any(not branch.when for branch in others):
        raise _invalid(
            (question.id,),
            f"A branch of {question.id!r} that holds always hides those after it: put it last.",
            f"Une branche de {question.id!r} qui vaut toujours cache les suivantes : mettez-la en dernier.",
        )
    if question.kind is QuestionKind.PHOTO and any(branch.fills.asset for branch in question.branches):
        raise _invalid(
            (question.id,),
            f"{question.id!r}: a photo is not the tag of an asset; ask for that as a text.",
            f"{question.id!r} : une photo n'est pas l'étiquette d'un équipement ; demandez-la en texte.",
        )
    if (question.kind is QuestionKind.CHOICE) != bool(question.choices):
        raise _invalid(
            (question.id,),
            f"{question.id!r}: a choice has choices, and nothing else has.",
            f"{question.id!r} : un choix a des choix, et rien d'autre n'en a.",
        )


def _check_condition(tree: Tree, path: Path, before: Collection[str], condition: Condition) -> None:
    """It asks for an answer that can be there by then, and for one that can be given."""
    asked = condition.question or path[-1]
    if asked != path[-1] and asked not in before:
        raise _invalid(
            path,
            f"A branch of {path[-1]!r} asks for the answer to {asked!r}, which nobody was asked before.",
            f"Une branche de {path[-1]!r} porte sur la réponse à {asked!r}, que personne n'a donnée avant.",
        )
    question = _at(tree, asked)
    if question.kind is QuestionKind.PHOTO:
        raise _invalid(
            path,
            f"A condition on {asked!r} can never hold: nobody knows beforehand which photo comes.",
            f"Une condition sur {asked!r} ne peut jamais valoir : nul ne sait d'avance quelle photo viendra.",
        )
    numeric = condition.at_least is not None or condition.at_most is not None
    possible = _possible(question)
    if numeric != (question.kind is QuestionKind.NUMBER) or numeric == bool(condition.among):
        raise _invalid(
            path,
            f"A condition on {asked!r} has bounds where it is a number, and `is` where it is not.",
            f"Une condition sur {asked!r} a des bornes si c'est un nombre, et `is` sinon.",
        )
    for value in condition.among:
        if possible is not None and value not in possible:
            raise _invalid(
                path,
                f"{value!r} is no answer to {asked!r}: one of {', '.join(sorted(possible))}.",
                f"{value!r} n'est pas une réponse à {asked!r} : l'une de {', '.join(sorted(possible))}.",
            )


def _possible(question: Question) -> frozenset[str] | None:
    """Every answer there can be; None where anything can be said."""
    match question.kind:
        case QuestionKind.YES_NO:
            return frozenset({YES, NO})
        case QuestionKind.CHOICE:
            return frozenset(question.choices or ())
        case _:
            return None


def _at(tree: Tree, id: str) -> Question:
    found = tree.question(id)
    assert found is not None, "a path leads along questions"
    return found


def _invalid(path: Path, en: str, fr: str) -> Refusal:
    return Refusal("diagnosis-invalid", Text(en, fr), path=list(path))
