"""Service reports as documents: where each stands, and its versions, which nothing changes."""

from infra.chassis.store.collection import Collection, Index
from services.dispatch.domain.service_report import ReportVersion, ServiceReport

ServiceReports = Collection("service_reports", ServiceReport, next_due=lambda report: report.due_at)
ReportVersions = Collection(
    "service_report_versions", ReportVersion, indexes=(Index((("visit_id", 1), ("n", 1))),)
)
