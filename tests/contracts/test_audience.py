"""Who sees what: the one rule that tickets, visits, messages and streams follow."""

import pytest

from contracts.audience import Parties, Reach, Viewer

PLAIN = Parties(
    customer_id="pasteur",
    contact_ids=("carl", "anne", "bruno"),
    site_ids=("nord",),
    contract_ids=("gold",),
    technician_ids=("lea",),
)
CONFIDENTIAL = Parties(
    customer_id="pasteur",
    confidential=True,
    contact_ids=("carl", "anne", None),
    site_ids=("nord",),
    contract_ids=("gold", None),
    technician_ids=("lea", None),
)


@pytest.mark.parametrize(
    ("viewer", "plain", "confidential"),
    [
        (Viewer("d", Reach.FIRM), True, True),
        (Viewer("ines", Reach.CONTRACTS, contracts=("gold", "silver")), True, True),
        (Viewer("ines", Reach.CONTRACTS, contracts=("silver",)), False, False),
        (Viewer("ines", Reach.CONTRACTS), False, False),
        (Viewer("lea", Reach.VISITS), True, True),
        (Viewer("marc", Reach.VISITS), False, False),
        (Viewer("anne", Reach.VISITS), False, False),
        (Viewer("portal", Reach.CUSTOMER, "pasteur"), True, False),
        (Viewer("carl", Reach.CUSTOMER, "pasteur"), True, True),
        (Viewer("martin", Reach.CUSTOMER, "pasteur", confidential=True), True, True),
        (Viewer("martin", Reach.CUSTOMER, "mairie", confidential=True), False, False),
        (Viewer("paul", Reach.SITES, "pasteur", sites=("nord", "sud")), True, False),
        (Viewer("paul", Reach.SITES, "pasteur", sites=("sud",)), False, False),
        (Viewer("paul", Reach.SITES, "mairie", sites=("nord",)), False, False),
        (Viewer("bruno", Reach.SITES, "pasteur"), True, False),
        (Viewer("anne", Reach.OWN, "pasteur"), True, True),
        (Viewer("carl", Reach.OWN, "pasteur"), True, True),
        (Viewer("anne", Reach.OWN, "mairie"), False, False),
        (Viewer("lea", Reach.OWN, "pasteur"), False, False),
        (Viewer("None", Reach.OWN, "pasteur"), False, False),
    ],
)
def test_a_thing_exists_for_those_it_concerns(viewer: Viewer, plain: bool, confidential: bool) -> None:
    assert (viewer.sees(PLAIN), viewer.sees(CONFIDENTIAL)) == (plain, confidential)
