"""Appointments as documents."""

from infra.chassis.store.collection import Collection
from services.dispatch.domain.appointment import Appointment

Appointments = Collection("appointments", Appointment, next_due=lambda appointment: appointment.due_at)
