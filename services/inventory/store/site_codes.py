"""Codes of sites, sealed, and the log of who was shown them. No state, no event, no copy has them."""

from infra.chassis.store.collection import IN_ORDER, Collection, Index
from services.inventory.domain.site_codes import CodeView, SiteCodes

CodesOfSites = Collection("site_codes", SiteCodes, customer=lambda codes: codes.customer_id)

CodeViews = Collection(
    "code_views",
    CodeView,
    rows_of=lambda view: (CodesOfSites.name, view.site_id),
    indexes=(Index((("site_id", 1), *IN_ORDER), name="of_site"),),
)
