"""One hand-written message of every fact of the park."""

from datetime import UTC, datetime

from contracts.inventory.assets import AssetChanged, AssetDifference, WorkAsked
from contracts.inventory.renewals import RenewalLine, RenewalQuoted


def park() -> tuple[AssetChanged | RenewalQuoted, ...]:
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
    )
