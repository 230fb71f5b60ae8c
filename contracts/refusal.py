"""A rule that says no, in words that every edge of the platform can show."""

from typing import Any


class Refusal(Exception):
    """A domain rule refused what was asked; nothing was changed.

    ``slug`` names the rule for programs (it ends up as the type of an RFC 9457 problem),
    ``detail`` says in a sentence what was refused and what to do next, ``members`` are
    JSON-ready extras such as ``state`` and ``possible``.
    """

    def __init__(self, slug: str, detail: str, **members: Any) -> None:
        super().__init__(slug, detail)
        self.slug = slug
        self.detail = detail
        self.members = members

    def __str__(self) -> str:
        return f"{self.slug}: {self.detail}"


class UnknownReference(Refusal):
    """Something named does not exist here (yet): ``kind`` and ``id`` say what.

    Over HTTP it becomes a 422 once the read copy is known to be up to date; for an event it
    means waiting for the read copy to arrive.
    """

    def __init__(self, kind: str, id: str) -> None:
        super().__init__("unknown-reference", f"there is no {kind} with the id {id!r}", kind=kind, id=id)
        self.kind = kind
        self.id = id


class NotFound(Refusal):
    """What the request addresses does not exist, or belongs to somebody else (404)."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__("not-found", f"there is no {kind} with the id {id!r}", kind=kind, id=id)
        self.kind = kind
        self.id = id


def illegal_transition(kind: str, state: str, verb: str, possible: tuple[str, ...]) -> Refusal:
    """The refusal of a step that the present state does not allow (409)."""
    allowed = ", ".join(possible) if possible else "nothing"
    return Refusal(
        "illegal-transition",
        f"this {kind} is {state}: it cannot {verb}; possible now: {allowed}",
        state=state,
        possible=list(possible),
    )
