"""A picture of a run: what was done a second, what was not read yet, and when which fault was."""

from collections.abc import Callable, Sequence
from html import escape

from contracts.catalogue import SERVICES
from tests.chaos.figures import Spans
from tests.chaos.watching import Sample

WIDTH, LEFT, RIGHT = 1200, 70, 20
ROW, GAP, FAULT_ROW = 160, 34, 16
COLOURS = {"ticket": "#1f5fa8", "dispatch": "#b3541e", "inventory": "#2c7a4b", "notify": "#7a3d8f"}
SPAN = "#c9302c"

Place = Callable[[float], float]
"""From seconds to where they are in the picture."""


def drawn(samples: Sequence[Sample], spans: Spans, title: str) -> str:
    """The picture as SVG."""
    end = max([sample.at for sample in samples] + [ended for _, _, ended in spans] + [1.0])

    def x(at: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * max(0.0, at) / end

    throughput = _per_second(samples)
    rows = [
        _row("commands done a second", {"": throughput}, 40, x),
        _row(
            "records to read, by service",
            {service: [(each.at, float(each.lag(service))) for each in samples] for service in SERVICES},
            40 + ROW + GAP,
            x,
        ),
    ]
    top = 40 + 2 * (ROW + GAP)
    height = top + 24 + FAULT_ROW * max(1, len(spans)) + 30
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            'font-family="system-ui, sans-serif" font-size="12" role="img">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="15" font-weight="600">{escape(title)}</text>',
    ]
    for index, (fault, began, ended) in enumerate(spans):
        wide = max(2.0, x(ended) - x(began))
        y = top + 24 + FAULT_ROW * index
        band = f'<rect x="{x(began):.1f}" width="{wide:.1f}" fill="{SPAN}"'
        parts.append(f'{band} y="36" height="{y - 30}" opacity="0.10"/>')
        parts.append(f'{band} y="{y}" height="9"/>')
        anchor, at = ("end", x(began) - 6) if x(began) > WIDTH * 0.7 else ("start", x(began) + wide + 6)
        name = escape(f"{fault.name} {fault.target}")
        parts.append(f'<text x="{at:.1f}" y="{y + 9}" text-anchor="{anchor}" fill="#444">{name}</text>')
    parts += rows
    for tick in range(0, int(end) + 1, _step(end)):
        parts.append(
            f'<text x="{x(tick):.1f}" y="{height - 10}" text-anchor="middle" fill="#444">{tick} s</text>'
        )
    return "\n".join([*parts, "</svg>"])


def _per_second(samples: Sequence[Sample]) -> list[tuple[float, float]]:
    """Over two seconds each, so that a single slow answer is no spike."""
    found = []
    for index in range(4, len(samples)):
        now, before = samples[index], samples[index - 4]
        if now.at > before.at:
            found.append((now.at, (now.done - before.done) / (now.at - before.at)))
    return found


def _row(name: str, series: dict[str, list[tuple[float, float]]], top: float, place: Place) -> str:
    most = max([value for points in series.values() for _, value in points] + [1.0])
    parts = [
        f'<text x="{LEFT}" y="{top + 10}" fill="#222">{escape(name)}</text>',
        f'<text x="{LEFT - 8}" y="{top + 24}" text-anchor="end" fill="#444">{most:.0f}</text>',
        f'<text x="{LEFT - 8}" y="{top + ROW}" text-anchor="end" fill="#444">0</text>',
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top + ROW}" y2="{top + ROW}" stroke="#999"/>',
    ]
    for index, (label, points) in enumerate(series.items()):
        colour = COLOURS.get(label, "#222")
        line = " ".join(
            f"{place(at):.1f},{top + ROW - (ROW - 20) * max(0.0, value) / most:.1f}" for at, value in points
        )
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        if label:
            parts.append(
                f'<text x="{LEFT + 220 + 90 * index}" y="{top + 10}" fill="{colour}">{escape(label)}</text>'
            )
    return "\n".join(parts)


def _step(end: float) -> int:
    return next(step for step in (5, 10, 30, 60, 120, 600, 3600) if end / step <= 14)
