"""A visit on which somebody works alone, from his saying so, or his arrival, to the closing."""

from dataclasses import replace
from datetime import datetime

from contracts.dispatch.events import Silence
from contracts.envelope import Fact
from contracts.refusal import illegal_transition
from services.dispatch.domain.alone import Alone
from services.dispatch.domain.plan import ON_SITE
from services.dispatch.domain.visit import Change, Visit


def watched(visit: Visit, at: datetime, now: datetime, every_minutes: int) -> Visit:
    """He works alone there since ``at``; saying so again changes no more than how often he is asked."""
    if visit.state not in ON_SITE:
        raise illegal_transition("visit", visit.state, "alone", visit.possible)
    if visit.alone is not None:
        return replace(visit, alone=visit.alone.at_rhythm(every_minutes, now))
    return replace(visit, alone=Alone.begun(at, now, every_minutes))


def heard_of(visit: Visit, at: datetime, now: datetime, facts: tuple[Fact, ...] = ()) -> Change:
    """He gave a sign of life ``at``, be it a step of his work with its ``facts``."""
    if visit.alone is None:
        return visit, facts
    alone = visit.alone.heard(at, now)
    if alone.told is not None:
        return replace(visit, alone=alone), facts
    return replace(_without_alarm(visit), alone=alone), (*facts, *visit.all_clear())


def unheard_of(visit: Visit, now: datetime) -> Change:
    """No sign came in time: one more is asked, and the board says so once it is the dispatcher."""
    assert visit.alone is not None, f"nobody works alone on {visit.id}"
    alone = visit.alone.unheard(now)
    silent = replace(visit, alone=alone)
    if alone.alarmed:
        silent = replace(silent, attention=Silence.NO_SIGN_OF_LIFE)
    assert alone.told is not None
    return silent, (silent.silence(alone.told),)


def accompanied(visit: Visit) -> Change:
    """He is not alone there any more."""
    if visit.alone is None:
        return visit, ()
    return replace(_without_alarm(visit), alone=None), visit.all_clear()


def _without_alarm(visit: Visit) -> Visit:
    return replace(visit, attention=None) if isinstance(visit.attention, Silence) else visit
