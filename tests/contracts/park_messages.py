"""One hand-written message of every fact of the park."""

from contracts.inventory.assets import AssetChanged, AssetDifference, WorkAsked


def park() -> tuple[AssetChanged, ...]:
    return (
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
