from infra.chassis.store.collection import IN_ORDER, Collection, Document, Index
from services.ticket.domain.major import Major


def _searched_by(major: Major) -> Document:
    """Whom it concerns (``openly``: for those who see nothing confidential), and what it may explain."""
    return {
        "concerns": list(major.customer_ids(confidential=True)),
        "openly": list(major.customer_ids(confidential=False)),
        "at_sites": list(major.site_ids),
        "of_categories": list(major.categories),
    }


Majors = Collection(
    "major_incidents",
    Major,
    indexes=(
        Index((("state", 1), *IN_ORDER), name="in_state"),
        Index((("concerns", 1), *IN_ORDER), name="of_customer"),
        Index((("openly", 1), *IN_ORDER), name="shown_to_customer"),
        Index((("at_sites", 1), ("state", 1)), name="at_site"),
    ),
    next_due=lambda major: major.update_due_at,
    searched_by=_searched_by,
)
