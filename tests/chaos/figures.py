"""What a run measured: how long recovery took, what was refused, what grew."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from tests.chaos.ledger import Line
from tests.chaos.schedule import Fault
from tests.chaos.watching import Sample

AFTERMATH_SECONDS = 12.0
"""A fault's end is not yet that of its effects: the session of a killed consumer, and what has piled up."""
WINDOW_SECONDS = 10.0

Spans = Sequence[tuple[Fault, float, float]]
"""Each fault with when it began and ended."""


def recoveries(spans: Spans, samples: Sequence[Sample], *, disturbed: bool = False) -> dict[str, float]:
    """By kind of fault the longest time, from its end on, until every service had read what stood in the
    log at that end. Seconds; nothing of a kind of which the run was over before.

    Only of those that nothing disturbed, or only of those during which, or during whose recovery, another
    fault was going on: that says more of the other one.
    """
    longest: dict[str, float] = {}
    for span in spans:
        fault, _, ended = span
        after = [sample for sample in samples if sample.at >= ended and sample.ends]
        if not after:
            continue
        goal = after[0].ends
        there = next((sample.at for sample in after if _has_read(sample, goal)), None)
        if there is not None and disturbed == _disturbed(span, there, spans):
            longest[fault.name] = max(longest.get(fault.name, 0.0), round(there - ended, 1))
    return longest


def _disturbed(span: tuple[Fault, float, float], there: float, spans: Spans) -> bool:
    return any(
        began < there and ended > span[1] for _, began, ended in (each for each in spans if each is not span)
    )


def _has_read(sample: Sample, goal: Mapping[tuple[str, int], int]) -> bool:
    ended = Sample(sample.at, goal, sample.read, sample.done, sample.memory)
    return all(not ended.behind(service) for service in sample.read) and bool(sample.read)


def refused(spans: Spans, ledger: Iterable[Line]) -> dict[str, float]:
    """The share of commands that nobody answered in time, during faults and outside of them."""
    counts = {True: [0, 0], False: [0, 0]}
    for line in ledger:
        during = any(
            line.begun < ended + AFTERMATH_SECONDS and line.ended > began for _, began, ended in spans
        )
        counts[during][0] += line.outcome == "refused"
        counts[during][1] += 1
    return {
        name: round(counts[during][0] / max(1, counts[during][1]), 4)
        for name, during in (("during", True), ("outside", False))
    }


def throughput_after(spans: Spans, samples: Sequence[Sample], seconds: float) -> float | None:
    """Commands done a second in the last calm seconds of the load, to those before the first fault."""
    if not spans:
        return None
    before = _rate(samples, 0.0, min(began for _, began, _ in spans))
    after = _rate(samples, max(seconds - WINDOW_SECONDS, *(ended for _, _, ended in spans)), seconds)
    return round(after / before, 2) if before and after else None


def _rate(samples: Sequence[Sample], begin: float, end: float) -> float | None:
    inside = [sample for sample in samples if begin <= sample.at <= end]
    if len(inside) < 2 or inside[-1].at - inside[0].at < 2:
        return None
    return (inside[-1].done - inside[0].done) / (inside[-1].at - inside[0].at)


def growth(samples: Sequence[Sample]) -> dict[str, float]:
    """By service how much its processes' memory grew, from the second to the last third; a share of it.

    The first third is the time in which as many tickets come to be open as are open from then on. Killed
    processes begin anew: the median of each third says more than its ends.
    """
    third = len(samples) // 3
    if not third:
        return {}
    return {
        service: round(
            median(each.memory[service] for each in samples[-third:])
            / max(1, median(each.memory[service] for each in samples[third:-third]))
            - 1,
            3,
        )
        for service in samples[0].memory
    }
