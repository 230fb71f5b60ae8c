"""One hand-written message of every fact of the park."""

from datetime import UTC, date, datetime

from contracts.checklists import ChecklistItem, ItemKind
from contracts.envelope import Fact
from contracts.inventory.assets import (
    AssetChanged,
    AssetDifference,
    MaintenanceDue,
    TipSent,
    TrainingAsked,
    TrainingNews,
    TrainingTold,
    WorkAsked,
)
from contracts.inventory.renewals import RenewalLine, RenewalQuoted
from contracts.inventory.workshop import RepairOrderChanged, RepairQuote
from contracts.ticket.events import Wording
from contracts.ticket.repairs import RepairStage
from contracts.values import Window

_VOLTS = ChecklistItem(
    id="volts", fr="Tension de la batterie", en="Battery voltage", kind=ItemKind.NUMBER, unit="V", least=12.2
)

_PRESENT = ChecklistItem(
    id="present", fr="Nombre de personnes présentes", en="How many people came", kind=ItemKind.NUMBER
)


def park() -> tuple[Fact, ...]:
    return (
        RenewalQuoted(
            ticket_id="0193a0c2-5555-7000-8000-000000000001",
            customer_id="clinique-pasteur",
            category="upgrade",
            summary="PC-COMPTA : remplacer Microsoft Windows 10 22H2",
            detail="Le support de Microsoft Windows 10 22H2 prend fin le 14/10/2025.",
            sites=("pasteur-nord",),
            asset_id="pc-compta",
            lines=(RenewalLine(text="Mise à niveau", quantity="1", unit_price="180.00"),),
            currency="EUR",
            valid_until=datetime(2026, 4, 2, 16, 0, tzinfo=UTC),
        ),
        RepairOrderChanged(
            repair_id="0193a0c2-6666-7000-8000-000000000001",
            number="A2026-00042",
            stage=RepairStage.QUOTED,
            asset_id="srv-files-01",
            asset_name="SRV-FILES",
            customer_id="clinique-pasteur",
            site_id="pasteur-nord",
            ticket_id="0193a0c2-1111-7000-8000-000000000001",
            promised_on=date(2026, 3, 6),
            quote=RepairQuote(
                lines=(RenewalLine(text="Alimentation", quantity="1", unit_price="49.90"),),
                currency="EUR",
                valid_until=datetime(2026, 4, 2, 16, 0, tzinfo=UTC),
            ),
        ),
        AssetChanged(
            asset_id="srv-files-01",
            customer_id="clinique-pasteur",
            site_id="pasteur-nord",
            differences=(AssetDifference(field="memory", before="16 GB", after="8 GB"),),
            asks=(
                WorkAsked(
                    ticket_id="0193a0c2-4444-7000-8000-000000000001",
                    rule="memory-down",
                    category="hardware-repair",
                    summary="SRV-FILES : mémoire 16 GB → 8 GB",
                    detail="La mémoire est passée de 16 GB à 8 GB.",
                ),
            ),
        ),
        MaintenanceDue(
            occurrence_id="mo-9f2c",
            plan_id="pasteur-ups",
            ticket_id="pm-4d1a",
            customer_id="clinique-pasteur",
            site_id="pasteur-nord",
            asset_ids=("ups-01",),
            category="ups-check",
            summary="Test des onduleurs : Onduleur du serveur",
            detail="Échéance : 2026-03-10. Jour retenu : 2026-03-09 (la journée est calme).",
            window=Window(
                from_at=datetime(2026, 3, 9, 7, tzinfo=UTC), to_at=datetime(2026, 3, 9, 17, tzinfo=UTC)
            ),
            checklist=(_VOLTS,),
        ),
        TipSent(
            campaign_id="0193a0c2-5555-7000-8000-000000000001",
            customer_id="clinique-pasteur",
            contact_ids=("contact-anne",),
            title=Wording(fr="Laissez respirer votre imprimante", en="Let your printer breathe"),
            text=Wording(fr="Gardez dix centimètres derrière elle.", en="Keep ten centimetres behind it."),
        ),
        TrainingAsked(
            training_id="0193a0c2-6666-7000-8000-000000000001",
            ticket_id="tr-0193a0c2-6666-7000-8000-000000000001",
            customer_id="clinique-pasteur",
            site_id="pasteur-nord",
            category="training",
            summary="Formation : Nouveaux postes",
            detail="Prise en main des nouveaux postes.",
            window=Window(
                from_at=datetime(2026, 3, 12, 7, tzinfo=UTC), to_at=datetime(2026, 3, 12, 17, tzinfo=UTC)
            ),
            checklist=(_PRESENT,),
        ),
        TrainingTold(
            training_id="0193a0c2-6666-7000-8000-000000000001",
            customer_id="clinique-pasteur",
            site_id="pasteur-nord",
            contact_ids=("contact-anne",),
            news=TrainingNews.INVITED,
            title="Nouveaux postes",
            room="Salle Ampère",
            start_at=datetime(2026, 3, 12, 8, tzinfo=UTC),
            end_at=datetime(2026, 3, 12, 10, tzinfo=UTC),
            technician_id="tech-lea",
            sequence=1,
        ),
    )
