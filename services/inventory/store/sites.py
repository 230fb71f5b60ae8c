"""Sites, and the state that every service reads."""

from contracts.inventory.states import SiteChanged
from infra.chassis.store.collection import Collection, Index
from services.inventory.domain.site import Site


def _state(site: Site) -> SiteChanged:
    return SiteChanged(
        site_id=site.id,
        customer_id=site.customer_id,
        name=site.name,
        address=site.address,
        postcode=site.postcode,
        commune=site.commune,
        latitude=site.latitude,
        longitude=site.longitude,
        time_zone=site.time_zone,
        holidays=site.holidays,
        good_friday=site.good_friday,
        territory=site.territory,
        opening=site.opening,
        access=site.access,
        technicians=site.technicians,
        languages=site.languages,
    )


Sites = Collection(
    "sites",
    Site,
    indexes=(Index((("customer_id", 1), ("updated_at", 1), ("_id", 1)), name="of_customer"),),
    customer=lambda site: site.customer_id,
    state=_state,
    published=SiteChanged,
)
