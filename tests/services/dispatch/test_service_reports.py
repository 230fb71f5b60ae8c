"""A closed visit leaves a report that is frozen and checkable, corrected openly, signed from afar once."""

import base64
import hashlib
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from contracts.dispatch.reports import MadeBecause, ServiceReportMade, ServiceReportReminded, Signing
from contracts.inventory.states import CurrentAssetChanged, PartChanged
from contracts.refusal import Refusal
from contracts.ticket.states import ContactChanged, CustomerChanged
from contracts.values import Language, Outcome, PartUsed
from services.dispatch.domain.report import Photo, Signature
from services.dispatch.domain.service_report import (
    KEPT_OPENINGS,
    Correction,
    FromAfar,
    Opening,
    ReportVersion,
    ServiceReport,
    version_id,
)
from services.dispatch.planning.travel import DEFAULT_TRAVEL
from services.dispatch.store.copies import Assets, Contacts, Customers, Parts
from services.dispatch.store.service_reports import ReportVersions, ServiceReports
from services.dispatch.store.visits import Visits
from services.dispatch.usecases.close_visit import CloseVisit
from services.dispatch.usecases.make_report import CorrectReport, FireServiceReport, OpenReport, SignReport
from services.dispatch.usecases.make_visit import Arrive, Depart, Start
from services.dispatch.views.report_pdf import as_pdf, drawing_of, picture_of
from tests.services.dispatch.sample import Firm

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 220"><path d="M10 20L300 90"/></svg>'
ANN = FromAfar("Ann Roux", "Office manager")


class Desk(Firm):
    """A firm whose technician is at work with a client who speaks French."""

    def __init__(self, language: Language = Language.FR) -> None:
        super().__init__()
        self.ask()
        self.plan()
        self.give(Customers, CustomerChanged(customer_id="pasteur", name="Clinique Pasteur"), "pasteur")
        martin = ContactChanged(
            contact_id="dr-martin", customer_id="pasteur", name="Dr Martin", language=language, role="Médecin"
        )
        self.give(Contacts, martin, "dr-martin")
        self.give(Parts, PartChanged(sku="sw-8", name="Commutateur 8 ports"), "sw-8")
        for step in (Depart("t1-1", "anna"), Arrive("t1-1", "anna"), Start("t1-1", "anna")):
            self.do(step)
            self.pass_minutes(10)

    def closes(self, outcome: Outcome = Outcome.FIXED, **report: Any) -> ReportVersion:
        """The report that comes of it."""
        self.do(CloseVisit("t1-1", outcome, DEFAULT_TRAVEL, "anna", **report))
        self.do(FireServiceReport("t1-1", "Dépannage Rhône"))
        return self.holds()

    def stands(self) -> ServiceReport:
        return self.have(ServiceReports, "t1-1")

    def version(self, n: int) -> ReportVersion:
        return self.have(ReportVersions, version_id("t1-1", n))

    def holds(self) -> ReportVersion:
        return self.version(self.stands().n)

    def signs(self, said: FromAfar = ANN, version: int = 1) -> None:
        self.do(SignReport("t1-1", version, said, "198.51.100.0/24"))

    def corrects(self, **words: str) -> None:
        self.do(CorrectReport("t1-1", Correction("dispatcher:dan", "wrong socket", **words)))


def content(version: ReportVersion) -> Any:
    return json.loads(version.content)


def signed_on_the_spot() -> dict[str, Any]:
    return {"signature": Signature("Dr Martin", SVG, "Médecin"), "work_done": "Commutateur remplacé"}


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_closing_leaves_a_first_version_that_says_everything_by_name() -> None:
    desk = Desk()
    used = PartUsed(sku="sw-8", quantity=1, serial_in="N-2", serial_out="O-1")
    version = desk.closes(parts_used=(used,), remaining="Étiqueter la baie", **signed_on_the_spot())
    said = content(version)
    assert (said["customer"]["name"], said["technician"]["name"]) == ("Clinique Pasteur", "Anna")
    assert said["contact"] == {"name": "Dr Martin", "role": "Médecin"}
    assert (said["number"], said["version"], said["replaces"]) == ("T-1-1", 1, None)
    assert said["minutes"] == {"worked": 10, "travel": 10, "waited": None}
    [part] = said["parts"]
    assert (part["name"], part["serial_in"], part["serial_out"]) == ("Commutateur 8 ports", "N-2", "O-1")
    assert said["work"]["remaining"] == "Étiqueter la baie"
    assert said["signature"]["svg"] == SVG
    [made] = desk.told(ServiceReportMade)
    assert (made.version, made.signing, made.because) == (1, Signing.SIGNED, MadeBecause.CLOSED)
    assert made.digest == version.digest == hashlib.sha256(version.content.encode()).hexdigest()
    assert made.link_until == desk.clock.now() + timedelta(days=30)


def test_the_asset_that_the_request_is_about_is_named() -> None:
    desk = Desk()
    visit = desk.visit()
    desk.give(Visits, replace(visit, need=replace(visit.need, asset_id="p-7")))
    printer = CurrentAssetChanged(
        asset_id="p-7", site_id="capitole", customer_id="pasteur", name="Printer", kind="printer", serial="S9"
    )
    desk.give(Assets, printer, "p-7")
    assert content(desk.closes())["assets"] == [
        {"id": "p-7", "name": "Printer", "model": None, "serial": "S9"}
    ]


def test_names_that_change_later_change_nothing_of_what_is_frozen() -> None:
    desk = Desk()
    before = desk.closes(**signed_on_the_spot())
    desk.give(Customers, CustomerChanged(customer_id="pasteur", name="Another name"), "pasteur")
    desk.do(FireServiceReport("t1-1", "Another firm"))
    assert desk.holds() == before
    assert len(desk.told(ServiceReportMade)) == 1


@pytest.mark.parametrize(
    ("outcome", "report", "signing", "state"),
    [
        (Outcome.FIXED, {"signature": Signature("Ann", SVG)}, Signing.SIGNED, "signed"),
        (Outcome.FIXED, {"signature_refused": "He disagrees"}, Signing.REFUSED, "refused"),
        (Outcome.FIXED, {}, Signing.AWAITED, "awaited"),
        (Outcome.USER_ABSENT, {}, Signing.NONE, "nobody"),
        (Outcome.OUT_OF_SCOPE, {}, Signing.NONE, "none"),
    ],
)
def test_who_has_not_signed_and_why_is_said(
    outcome: Outcome, report: dict[str, Any], signing: Signing, state: str
) -> None:
    desk = Desk()
    version = desk.closes(outcome, **report)
    assert (version.signing, content(version)["signature"]["state"]) == (signing, state)
    assert (desk.stands().remind_at is not None) is (signing is Signing.AWAITED)


def test_a_signature_from_afar_makes_a_second_version_that_names_the_first() -> None:
    desk = Desk()
    first = desk.closes(work_done="Switch replaced")
    desk.pass_minutes(60)
    desk.signs()
    second = desk.holds()
    said = content(second)
    assert said["signature"] == {
        "state": "signed", "how": "link", "at": desk.clock.now().isoformat(), "name": "Ann Roux",
        "role": "Office manager", "svg": None, "reason": None,
    }  # fmt: skip
    assert said["replaces"]["sha256"] == first.digest
    assert {**said, "version": 1, "replaces": None, "made_at": content(first)["made_at"], "signature": 0} == {
        **content(first),
        "signature": 0,
    }
    assert desk.version(1) == first
    assert desk.told(ServiceReportMade)[-1].because is MadeBecause.SIGNED
    assert (desk.stands().signed_from, desk.stands().remind_at) == ("198.51.100.0/24", None)


def test_nobody_signs_twice() -> None:
    desk = Desk()
    desk.closes()
    desk.signs(FromAfar("Ann", refused="Not what I asked for"))
    assert desk.holds().signing is Signing.REFUSED
    with pytest.raises(Refusal, match="taken its place"):
        desk.signs()
    with pytest.raises(Refusal, match="nobody is asked to sign"):
        desk.signs(version=2)


def test_what_was_signed_on_the_spot_is_not_signed_from_afar() -> None:
    desk = Desk()
    desk.closes(**signed_on_the_spot())
    with pytest.raises(Refusal, match="nobody is asked to sign"):
        desk.signs()


def test_a_correction_asks_for_a_signature_anew_for_the_one_before_was_under_other_words() -> None:
    desk = Desk()
    first = desk.closes(**signed_on_the_spot())
    desk.corrects(work_done="Commutateur de la baie B remplacé")
    said = content(desk.holds())
    assert said["work"]["done"] == "Commutateur de la baie B remplacé"
    assert said["signature"] == {"state": "awaited"}
    assert said["replaces"] == {
        "version": 1, "sha256": first.digest, "because": "corrected", "reason": "wrong socket",
        "signing": "signed",
    }  # fmt: skip
    assert desk.told(ServiceReportMade)[-1].signing is Signing.AWAITED


def test_a_correction_that_corrects_nothing_is_refused() -> None:
    desk = Desk()
    desk.closes(**signed_on_the_spot())
    with pytest.raises(Refusal, match="says just this already"):
        desk.corrects(work_done="Commutateur remplacé")


def test_who_is_to_sign_is_reminded_once_after_three_days() -> None:
    desk = Desk()
    desk.closes()
    desk.do(FireServiceReport("t1-1", "Firm"))
    assert desk.told(ServiceReportReminded) == []
    desk.pass_minutes(3 * 24 * 60)
    for _ in range(2):
        desk.do(FireServiceReport("t1-1", "Firm"))
    [reminded] = desk.told(ServiceReportReminded)
    assert (reminded.version, reminded.link_until) == (1, desk.stands().link_until)
    assert desk.stands().due_at is None


def test_every_opening_is_counted_and_the_last_ones_are_kept() -> None:
    desk = Desk()
    desk.closes()
    for _ in range(KEPT_OPENINGS + 3):
        opening = Opening(desk.clock.now(), "dr-martin", 1, "page", "198.51.100.0/24")
        desk.do(OpenReport("t1-1", opening))
    assert (desk.stands().opened, len(desk.stands().openings)) == (KEPT_OPENINGS + 3, KEPT_OPENINGS)


def picture() -> str:
    made = io.BytesIO()
    Image.new("RGB", (32, 24), (200, 40, 40)).save(made, "JPEG")
    return base64.b64encode(made.getvalue()).decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.FR,
            ("Rapport d’intervention", "Clinique Pasteur", "10 min", "Signé par Dr Martin, Médecin"),
        ),
        (Language.EN, ("Service report", "Clinique Pasteur", "10 min", "Signed by Dr Martin, Médecin")),
    ],
)
def test_the_pdf_says_it_in_the_clients_language_and_carries_what_its_hash_is_over(
    language: Language, words: tuple[str, ...]
) -> None:
    desk = Desk(language)
    version = desk.closes(photos=(Photo(picture()), Photo("AAAA")), **signed_on_the_spot())
    pdf = as_pdf(version.content, version.digest)
    assert pdf == as_pdf(version.content, version.digest), "the same bytes each time"
    read = PdfReader(io.BytesIO(pdf))
    assert len(read.pages) == 1
    text = text_of(pdf)
    assert [each for each in (*words, version.digest) if each not in text] == []
    [attached] = read.attachments["report.json"]
    assert hashlib.sha256(attached).hexdigest() == version.digest
    assert "'/Marked': True" in str(read.root_object["/MarkInfo"]), "a screen reader can read it"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FromAfar("Ann", refused="Not done"), ("refusée par Ann", "Not done", "Remplace la version 1")),
        (FromAfar("Ann", svg=SVG), ("Signé à distance par Ann",)),
        (FromAfar("Ann"), ("Signé à distance par Ann", "Signé par saisie du nom")),
    ],
)
def test_the_pdf_of_what_was_said_from_afar(said: FromAfar, words: tuple[str, ...]) -> None:
    desk = Desk()
    desk.closes()
    desk.signs(said)
    text = text_of(as_pdf(desk.holds().content, desk.holds().digest))
    assert [each for each in words if each not in text] == []


def test_of_a_drawing_only_its_lines_are_kept() -> None:
    bad = '<script>x</script><image href="file:///etc/passwd"/><path d="M1 2L3 4"/><path d="url(#x)"/>'
    drawn = drawing_of(f"<svg>{bad}</svg>")
    assert drawn is not None
    assert 'd="M1 2L3 4"' in drawn
    assert [each for each in ("script", "image", "url") if each in drawn] == []
    assert [drawing_of(each) for each in (None, "", "<svg/>", '<svg><path d=""/></svg>')] == [None] * 4


def test_what_is_no_picture_is_not_shown() -> None:
    gif = base64.b64encode(b"GIF89a").decode()
    assert [picture_of(each) for each in ("%%%", gif)] == [None, None]
    assert picture_of(picture()) is not None
