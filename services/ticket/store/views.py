from infra.chassis.store.collection import IN_ORDER, Collection, Document, Index
from services.ticket.domain.view import Asker, View


def readers_of(asker: Asker) -> list[str]:
    """What somebody is called among a view's readers."""
    return [f"side:{asker.customer_id or ''}", f"subject:{asker.customer_id or ''}:{asker.subject}"]


def _searched_by(view: View) -> Document:
    side, subject = readers_of(Asker(view.owner, view.customer_id))
    return {"readers": [subject] if view.shared is None else [side]}


Views = Collection(
    "views",
    View,
    indexes=(Index((("readers", 1), *IN_ORDER), name="readers"),),
    searched_by=_searched_by,
    customer=lambda view: view.customer_id,
)
