"""Priority = impact × urgency."""

from collections.abc import Mapping

from contracts.values import Impact, Priority, Urgency

_P1, _P2, _P3, _P4, _P5 = Priority

Row = tuple[Priority, Priority, Priority]
Matrix = tuple[Row, Row, Row]
"""Rows by impact (high, medium, low), columns by urgency (high, medium, low)."""

SERVICENOW: Matrix = ((_P1, _P2, _P3), (_P2, _P3, _P4), (_P3, _P4, _P5))


def priority_of(matrix: Matrix, impact: Impact, urgency: Urgency) -> Priority:
    return matrix[list(Impact).index(impact)][list(Urgency).index(urgency)]


def priorities_given_by(matrix: Matrix) -> tuple[Priority, ...]:
    """Every priority that some impact and urgency lead to, the most urgent first."""
    return tuple(sorted({priority for row in matrix for priority in row}))


def matrix_from(cells: Mapping[Impact, Mapping[Urgency, Priority]]) -> Matrix:
    """The matrix of complete nested mappings; ``KeyError`` where a cell is missing."""
    high, medium, low = (_row(cells[impact]) for impact in Impact)
    return high, medium, low


def cells_of(matrix: Matrix) -> dict[str, dict[str, str]]:
    """``matrix`` as nested mappings by impact and urgency."""
    return {
        impact.value: {urgency.value: matrix[i][j].value for j, urgency in enumerate(Urgency)}
        for i, impact in enumerate(Impact)
    }


def _row(cells: Mapping[Urgency, Priority]) -> Row:
    high, medium, low = (cells[urgency] for urgency in Urgency)
    return high, medium, low
