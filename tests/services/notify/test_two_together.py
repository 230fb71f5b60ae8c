"""Both of two technicians are told, each with whom he goes; a partner's firm gets a link to answer by."""

from datetime import timedelta

from contracts.dispatch.events import (
    DispatchDeclined,
    DispatchRevoked,
    RevocationReason,
    TechnicianDispatched,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.dispatch.states import TechnicianChanged
from contracts.values import Language
from infra.chassis.http.signed import what_is_signed
from services.notify.domain.line import line_of_visit
from services.notify.domain.message import MessageKind, RecipientKind
from services.notify.mail.compose import Names, Sender, compose
from services.notify.store.deliveries import Deliveries
from services.notify.usecases.look_up import LookUp
from tests.services.notify.people import Office, at, example, moved
from tests.services.notify.test_who_is_told import told

BOTH = ("tech-lea", "tech-marc")


def both_told() -> Office:
    office = Office()
    office.hears(moved(TechnicianDispatched, at(9, 30), companions=("tech-marc",)))
    return office


def technicians_told(office: Office) -> list[tuple[str, str]]:
    return [(kind, who) for kind, who in told(office) if who.startswith("tech-")]


def test_both_are_told_to_go() -> None:
    assert technicians_told(both_told()) == [("technician-dispatched", who) for who in BOTH]


def test_both_are_told_of_another_time_and_that_they_need_not_go() -> None:
    office = both_told()
    office.hears(moved(VisitRescheduled, at(11), companions=("tech-marc",)))
    assert {("technician-rescheduled", who) for who in BOTH} <= set(technicians_told(office))
    office = both_told()
    revoked = example(DispatchRevoked, technician_id="tech-lea", companions=("tech-marc",))
    office.hears(revoked.model_copy(update={"reason": RevocationReason.REASSIGNED}))
    assert {("technician-revoked", who) for who in BOTH} <= set(technicians_told(office))


def test_of_one_who_declines_the_other_alone_is_told_that_he_need_not_go() -> None:
    for who, other in (BOTH, BOTH[::-1]):
        office = both_told()
        companions = {"companions": ("tech-marc",)}
        office.hears(example(DispatchDeclined, technician_id=who, **companions))
        if who == "tech-marc":
            office.hears(example(DispatchRevoked, technician_id="tech-lea", **companions))
        assert [each for each in technicians_told(office) if each[0] == "technician-revoked"] == [
            ("technician-revoked", other)
        ]


def test_another_companion_is_told_and_the_one_before_need_not_go() -> None:
    office = both_told()
    office.hears(moved(VisitPlanned, at(9, 30)))
    assert ("technician-revoked", "tech-marc") in told(office)
    assert ("technician-revoked", "tech-lea") not in told(office)


def test_both_may_follow_it_live() -> None:
    event = moved(TechnicianDispatched, at(9, 30), companions=("tech-marc",))
    office = Office()
    assert set(line_of_visit(event, office.hears(event)).technician_ids) == set(BOTH)


def mails(office: Office, key: str = "") -> dict[str, str]:
    """What each technician is mailed, in English."""
    sender = Sender("Firm", "desk@firm.example", "https://firm.example", link_key=key)
    written = {}
    for delivery in office.all(Deliveries):
        if delivery.message.recipient.kind is RecipientKind.TECHNICIAN:
            assert delivery.message.kind is MessageKind.TECHNICIAN_DISPATCHED
            found = office.do(LookUp(delivery.message))
            assert isinstance(found.recipient, TechnicianChanged)
            recipient = found.recipient.model_copy(update={"language": Language.EN})
            names = Names(recipient, found.customer, found.technician, found.sites)
            body = compose(delivery, names, sender, at(8)).get_body(("plain",))
            assert body is not None
            written[delivery.message.recipient.id] = body.get_content()
    return written


def test_each_reads_with_whom_he_goes_and_who_leads() -> None:
    written = mails(both_told())
    assert "There are two of you: Marc" in written["tech-lea"]
    assert "Please confirm before" in written["tech-lea"]
    assert "You go with L\u00e9a" in written["tech-marc"]
    assert "Please confirm before" not in written["tech-marc"], "who leads answers for both"


def test_a_partners_firm_is_mailed_a_link_that_ends_with_the_offer() -> None:
    office = Office()
    by = at(8) + timedelta(minutes=45)
    office.hears(moved(TechnicianDispatched, at(9, 30), offered=True, acknowledge_by=by))
    [text] = mails(office, "key").values()
    assert "Accept or decline, without signing in" in text
    token = text.split("/v1/partner-offers/")[1].split()[0]
    visit_id = example(TechnicianDispatched).visit_id
    assert what_is_signed("key", token, by - timedelta(seconds=1)) == f"offer/{visit_id}/tech-lea"
    assert what_is_signed("key", token, by + timedelta(seconds=1)) is None
    assert "/v1/partner-offers/" not in "".join(mails(office).values())
