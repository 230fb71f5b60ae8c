from infra.chassis.store.collection import Collection, Index
from services.ticket.domain.diagnosis import Diagnosis, DiagnosisRevision

Diagnoses = Collection("diagnoses", Diagnosis)

DiagnosisRevisions = Collection(
    "diagnosis_revisions",
    DiagnosisRevision,
    indexes=(Index((("diagnosis_id", 1), ("revision", 1)), unique=True, name="of_diagnosis"),),
)
