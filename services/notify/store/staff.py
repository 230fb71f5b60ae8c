"""The firm's own people."""

from infra.chassis.store.collection import Collection, Index
from services.notify.domain.staff import StaffMember

Staff = Collection[StaffMember]("staff", StaffMember, indexes=(Index((("role", 1),)),))
