"""What has changed between two inventories of a machine, as people would say it."""

from collections.abc import Iterable, Sequence

from services.inventory.domain.history import Difference
from services.inventory.domain.machine import Machine, OperatingSystem

MOST_TOLD = 50
LONGEST_SAID = 200


def machine_differences(before: Machine, after: Machine) -> tuple[Difference, ...]:
    """What a person would call a change: not who is at it, nor how full its disks are.

    Nothing of the first inventory, and of what none has said before only where it is one of several.
    """
    if before.seen_at is None:
        return ()
    told = [
        *_one("hostname", before.hostname, after.hostname),
        *_one("domain", before.domain, after.domain),
        *_one("system", system_name(before.system), system_name(after.system)),
        *_one("memory", size_of(before.memory_mb), size_of(after.memory_mb)),
        *_several("cpu", _names(before.cpus), _names(after.cpus)),
        *_several("disk", _disks(before), _disks(after)),
        *_several("volume", _names(before.volumes), _names(after.volumes)),
        *_several("screen", _screens(before), _screens(after)),
        *_several("antivirus", _antivirus(before), _antivirus(after)),
    ]
    return tuple(_cut(each) for each in told[:MOST_TOLD])


def _cut(each: Difference) -> Difference:
    """As long as the event's texts may be: two names and two serials in one may be longer."""
    before, after = (said and said[:LONGEST_SAID] for said in (each.before, each.after))
    return Difference(each.field, before, after)


def size_of(megabytes: int | None) -> str | None:
    """``16 GB``; less than a gigabyte as it is. Systems keep some of it: ``7909`` MB are 8 GB."""
    if megabytes is None:
        return None
    if megabytes < 1000:
        return f"{megabytes} MB"
    gigabytes = megabytes / 1024
    # Modules come in whole gigabytes, and a system keeps less than a twelfth of them to itself.
    rounded = -int(-gigabytes // 1) if (gigabytes % 1) > 0.6 else int(gigabytes)
    return f"{rounded} GB"


def system_name(system: OperatingSystem | None) -> str | None:
    if system is None:
        return None
    version = system.version if system.version and system.version not in (system.name or "") else None
    return " ".join(each for each in (system.name, version) if each) or None


def _one(field: str, before: str | None, after: str | None) -> Iterable[Difference]:
    if before is not None and before != after:
        yield Difference(field, before, after)


def _several(field: str, before: Sequence[str], after: Sequence[str]) -> Iterable[Difference]:
    for gone in sorted(set(before) - set(after)):
        yield Difference(field, gone, None)
    for new in sorted(set(after) - set(before)):
        yield Difference(field, None, new)


def _names(things: Iterable[object]) -> list[str]:
    return [str(getattr(each, "name")) for each in things]  # noqa: B009 (several kinds have a name)


def _disks(machine: Machine) -> list[str]:
    return [" ".join(filter(None, (each.name, each.serial))) for each in machine.disks]


def _screens(machine: Machine) -> list[str]:
    return [" ".join(filter(None, (each.name, each.serial))) for each in machine.screens]


def _antivirus(machine: Machine) -> list[str]:
    """Named with what is wrong with it: that it is switched off is a change."""
    return [each.name if each.enabled is not False else f"{each.name} (off)" for each in machine.antivirus]
