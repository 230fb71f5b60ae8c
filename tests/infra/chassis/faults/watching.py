"""Watches that see less."""

from collections.abc import Mapping
from typing import Any

from infra.chassis.ops.watching import FIGURE_SECONDS, Watch


class NeverDoubts(Watch):
    """A consumer lives as long as its process."""

    @property
    def progresses(self) -> bool:
        return True


class TakesSilenceForStandstill(Watch):
    """What cannot be asked stands where it stood."""

    def _follow(self, unread: Mapping[Any, Any], assignment: tuple[str, ...]) -> None:
        if unread:
            super()._follow(unread, assignment)


class AllFiguresOrNone(Watch):
    """One server that does not answer hides what the other knows."""

    async def look(self, within: float = FIGURE_SECONDS) -> Mapping[str, Any]:
        figures = await super().look(within)
        if any(str(figure).startswith("unknown") for figure in figures.values()):
            return dict.fromkeys(figures, "unknown")
        return figures
