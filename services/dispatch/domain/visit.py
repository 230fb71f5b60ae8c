"""A visit: one stay of one technician at one site, from being asked for to being closed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contracts.dispatch.events import (
    Attention,
    CancelledBecause,
    DispatchAcknowledged,
    DispatchDeclined,
    DispatcherAsked,
    DispatchFailed,
    InterventionClosed,
    InterventionPaused,
    InterventionResumed,
    InterventionStarted,
    RevocationReason,
    RuledOut,
    Silence,
    TechnicianArrived,
    TechnicianDispatched,
    TechnicianEnRoute,
    VisitCancelled,
    VisitPlanned,
    VisitRescheduled,
)
from contracts.envelope import Fact
from contracts.values import VisitState, Window
from services.dispatch.domain.lawful_exit import LawfulExit
from services.dispatch.domain.plan import (
    KEPT_REASONS,
    MOVABLE,
    OPEN,
    TOLD,
    UNDER_WAY,
    UNPLANNED,
    Moved,
    Plan,
    Refused,
)
from services.dispatch.domain.refusals import given_to_another, in_order
from services.dispatch.domain.report import Report
from services.dispatch.domain.visit_record import VisitRecord


@dataclass(frozen=True)
class Visit(VisitRecord):
    """Every verb gives the changed visit and the facts to publish; a step that is illegal is refused."""

    def planned(self, technician_id: str, plan: Plan) -> "Change":
        """Give the visit to a technician; whoever had been told before need not go any more."""
        self.check("assign")
        facts: list[Fact] = []
        moved = self.moved_from
        if self.plan is not None and self.technician_id is not None:
            same = self.technician_id == technician_id
            if same and self.plan.same_time(plan) and self.plan.companions == plan.companions:
                return self, ()
            moved = Moved(self.technician_id, self.plan.start_at)
            if self.state in TOLD:
                reason = RevocationReason.RESCHEDULED if same else RevocationReason.REASSIGNED
                facts.append(self._revoked(reason))
        visit = replace(
            self._unplanned(),
            state=VisitState.PLANNED,
            technician_id=technician_id,
            plan=plan,
            pinned=self.pinned,
        )
        if moved is None:
            facts.append(VisitPlanned(**visit._assignment()))
        else:
            facts.append(
                VisitRescheduled(
                    **visit._assignment(),
                    previous_technician_id=moved.technician_id,
                    previous_start=moved.start_at,
                )
            )
        return visit, tuple(facts)

    def appointed(self, window: Window, technician_id: str, plan: Plan) -> "Change":
        """The client has chosen this arrival window, and somebody makes the visit in it."""
        promised = replace(self, promised=window)
        visit, facts = promised.planned(technician_id, plan)
        if not facts and self.plan is not None:
            told = replace(self.plan, arrival_from_at=plan.arrival_from_at, arrival_to_at=plan.arrival_to_at)
            visit = replace(promised, plan=told)
            fact = VisitRescheduled(
                **visit._assignment(),
                previous_technician_id=technician_id,
                previous_start=self.plan.start_at,
                within_window=True,
            )
            facts = (fact,)
        return replace(visit, attention=None), (self.chosen(window), *facts)

    def retimed(self, plan: Plan) -> "Change":
        """Move to another time with the same technician.

        While the start stays within the arrival window that the client knows, the promise and the
        technician's answer hold; otherwise the visit counts as planned anew.
        """
        before = self.plan
        assert before is not None
        within = before.arrival_from_at <= plan.start_at <= before.arrival_to_at
        if within:
            told = replace(plan, arrival_from_at=before.arrival_from_at, arrival_to_at=before.arrival_to_at)
            visit = replace(self, plan=told)
        else:
            visit = replace(
                self,
                state=VisitState.PLANNED,
                plan=plan,
                told_at=None,
                acknowledge_by_at=None,
                attention=None,
            )
        fact = VisitRescheduled(
            **visit._assignment(),
            previous_technician_id=self._technician(),
            previous_start=before.start_at,
            within_window=within,
        )
        return visit, (fact,)

    def dispatched(
        self,
        at: datetime,
        acknowledge_by: datetime,
        *,
        hours_from: datetime | None = None,
        remind_at: datetime | None = None,
        on_call: bool = False,
        offered: bool = False,
    ) -> "Change":
        """Tell the technician to go. Only a planned visit can be told; otherwise nothing happens."""
        if self.state is not VisitState.PLANNED:
            return self, ()
        visit = replace(self, state=VisitState.DISPATCHED, told_at=at, acknowledge_by_at=acknowledge_by)
        fact = TechnicianDispatched(
            **visit._assignment(),
            acknowledge_by=acknowledge_by,
            hours_from=hours_from,
            remind_at=remind_at,
            on_call=on_call,
            offered=offered,
        )
        return visit, (fact,)

    def acknowledged(self, at: datetime) -> "Change":
        """The technician has seen it. Seeing a plan before being told counts as both."""
        if self.state is VisitState.ACKNOWLEDGED:
            return self, ()
        self.check("acknowledge")
        told, facts = self.dispatched(at, at)
        visit = replace(told, state=VisitState.ACKNOWLEDGED, attention=None)
        return visit, (*facts, DispatchAcknowledged(**self.whom(), technician_id=self._technician()))

    def declined(self, reason: str, companion_id: str | None = None) -> "Change":
        """The technician will not go, or that companion: he is not asked again, and nobody else goes."""
        self.check("decline")
        who = companion_id or self._technician()
        fact = DispatchDeclined(**self.whom(), technician_id=who, reason=reason)
        freed = () if companion_id is None else (self._revoked(RevocationReason.REASSIGNED),)
        return self._refusing(who, "declined-before"), (fact, *freed)

    def unanswered(self) -> "Change":
        """The technician did not answer in time: the visit goes to somebody else."""
        technician = self._technician()
        fact = self._revoked(RevocationReason.NO_ANSWER)
        return self._refusing(technician, "no-answer"), (fact,)

    def taken_back(
        self, reason: RevocationReason, *, rule: str | None = None, silent: bool = True
    ) -> "Change":
        """Back to be planned anew, remembering where it was; ``rule`` keeps it from the same technician.

        A technician who had been told is told not to go. ``silent`` False says so even when he had
        not, because no new plan will follow soon.
        """
        if self.state not in MOVABLE or self.plan is None:
            return self, ()
        short = 1 if reason is RevocationReason.PARTS_SHORT else 0
        technician = self._technician()
        facts = (self._revoked(reason),) if self.state in TOLD or not silent else ()
        back = self._unplanned() if rule is None else self._refusing(technician, rule)
        moved = Moved(technician, self.plan.start_at)
        return replace(back, moved_from=moved, shortages=self.shortages + short), facts

    def put_on_hold(self, until: datetime | None, *, far: bool = False) -> "Change":
        """Nothing is to be done at the site until then, or until it is resumed; work under way goes on.

        ``far``: ``until`` is so late that no new plan follows soon. A pinned visit that is in the way
        stays, and the dispatcher is asked.
        """
        if self.state not in MOVABLE | UNPLANNED:
            return self, ()
        held = replace(self, held=until is None, not_before_at=until)
        if self.promised is not None and (until is None or until > self.promised.to_at):
            held = replace(held, promised=None)
        unplanned_for_long = until is None or far
        if self.plan is None:
            if self.moved_from is None or not unplanned_for_long:
                return held, ()
            revoked = self._revoked(RevocationReason.WITHDRAWN, self.moved_from.technician_id)
            return replace(held, moved_from=None), (revoked,)
        if until is not None and self.plan.start_at >= until:
            return held, ()
        if self.pinned:
            return held.asking(Attention.ON_HOLD)
        if not unplanned_for_long:
            return held.taken_back(RevocationReason.RESCHEDULED)
        back, facts = held.taken_back(RevocationReason.WITHDRAWN, silent=False)
        return replace(back, moved_from=None), facts

    def resumed(self) -> "Visit":
        """The hold is over: it may be planned at any time again."""
        attention = None if self.attention is Attention.ON_HOLD else self.attention
        return replace(self, held=False, not_before_at=None, attention=attention)

    def failed(self, reasons: tuple[RuledOut, ...]) -> "Change":
        """Nobody can serve it. Failing again for whatever reasons says nothing new."""
        if self.state is not VisitState.WAITING:
            return self, ()
        kept = reasons[:KEPT_REASONS]
        fact = DispatchFailed(**self.whom(), priority=self.priority, summary=self.need.summary, reasons=kept)
        return replace(self, state=VisitState.FAILED, reasons=kept, attention=Attention.NOBODY_CAN_SERVE), (
            fact,
        )

    def asking(self, reason: Attention) -> "Change":
        """It stays as it is, and a dispatcher decides. Asking again for the same says nothing new.

        Somebody who is not heard of stays on the board, whatever else there is to decide.
        """
        if self.attention is reason:
            return self, ()
        fact = DispatcherAsked(
            **self.whom(),
            technician_id=self._technician(),
            reason=reason,
            priority=self.priority,
            summary=self.need.summary,
        )
        kept = self.attention if isinstance(self.attention, Silence) else reason
        return replace(self, attention=kept), (fact,)

    def departed(self, at: datetime) -> "Change":
        """On the way; leaving without a word acknowledges."""
        if self.state is VisitState.EN_ROUTE:
            return self, ()
        self.check("depart")
        known, facts = (self, ()) if self.state is VisitState.ACKNOWLEDGED else self.acknowledged(at)
        travel = timedelta(seconds=self.plan.travel_seconds if self.plan else 0)
        fact = TechnicianEnRoute(**self.whom(), technician_id=self._technician(), expected_at=at + travel)
        return replace(known, state=VisitState.EN_ROUTE, departed_at=at), (*facts, fact)

    def arrived(self, at: datetime) -> "Change":
        if self.state is VisitState.ARRIVED:
            return self, ()
        self.check("arrive")
        in_order(self.departed_at, at, "arrive", "departed")
        fact = TechnicianArrived(**self.whom(), technician_id=self._technician())
        return replace(self, state=VisitState.ARRIVED, arrived_at=at), (fact,)

    def started(self, at: datetime) -> "Change":
        """Begin, or go on after a pause; beginning without a word acknowledges."""
        if self.state is VisitState.STARTED:
            return self, ()
        self.check("start")
        in_order(self.arrived_at, at, "start", "arrived")
        if self.state is VisitState.PAUSED:
            in_order(self.worked_at, at, "go on", "was paused")
            resumed = InterventionResumed(**self.whom(), technician_id=self._technician())
            return replace(self, state=VisitState.STARTED, worked_at=at), (resumed,)
        known, facts = self.acknowledged(at) if self.state is VisitState.DISPATCHED else (self, ())
        fact = InterventionStarted(**self.whom(), technician_id=self._technician())
        return replace(known, state=VisitState.STARTED, started_at=at), (*facts, fact)

    def paused(self, at: datetime, reason: str | None) -> "Change":
        if self.state is VisitState.PAUSED:
            return self, ()
        self.check("pause")
        in_order(self.started_at, at, "pause", "started")
        in_order(self.worked_at, at, "pause", "went on")
        fact = InterventionPaused(**self.whom(), technician_id=self._technician(), reason=reason)
        return replace(self, state=VisitState.PAUSED, worked_at=at), (fact,)

    def closed(self, report: Report) -> "Change":
        """Done, whatever came of it.

        Somebody without a network may have done the work of a visit that was cancelled meanwhile, or
        given to another who has not left yet: it is closed all the same, for the work has happened.
        """
        facts: list[Fact] = []
        if report.technician_id != self.technician_id and report.technician_id in self.told_before:
            if self.state not in MOVABLE | UNPLANNED:
                raise given_to_another(self.state, self._technician())
            if self.state in TOLD:
                facts.append(self._revoked(RevocationReason.REASSIGNED))
        elif self.state is not VisitState.CANCELLED or self.told_at is None:
            self.check("close")
        report.check_times()
        in_order(self.arrived_at, report.started_at or report.ended_at, "start", "arrived")
        in_order(self.worked_at, report.ended_at, "end", "was last paused or gone on with")
        fact = InterventionClosed(
            **{**self.whom(), "companions": report.companions},
            technician_id=report.technician_id,
            outcome=report.outcome,
            arrived_at=report.arrived_at,
            started_at=report.started_at,
            ended_at=report.ended_at,
            work_done=report.gist,
            cause=report.cause,
            article_id=report.article_id,
            article_worked=report.article_worked,
            parts_used=report.parts_used,
            travel_minutes=report.travel_minutes,
            kilometres=report.kilometres,
            waiting_minutes=report.waiting_minutes,
            signed=report.signed,
            digest=report.digest,
            contact_attempts=report.contact_attempts,
            checklist=self.need.told(report.checklist),
        )
        visit = replace(
            self,
            state=VisitState.CLOSED,
            technician_id=report.technician_id,
            plan=self.plan and replace(self.plan, companions=report.companions),
            arrived_at=report.arrived_at,
            started_at=report.started_at,
            ended_at=report.ended_at,
            outcome=report.outcome,
            attention=None,
            alone=None,
        )
        return visit, (*facts, fact, *self.all_clear())

    def cancelled(self, reason: CancelledBecause) -> "Change":
        """Not wanted any more: who drives there turns round, who is there is the dispatcher's to ask."""
        if self.state not in OPEN:
            return self, ()
        if self.state in UNDER_WAY and self.state is not VisitState.EN_ROUTE:
            return self.asking(Attention.WITHDRAWN)
        fact = VisitCancelled(**self.whom(), technician_id=self.technician_id, reason=reason)
        return replace(self, state=VisitState.CANCELLED, acknowledge_by_at=None, attention=None), (fact,)

    def pin(self, pinned: bool) -> "Visit":
        """Keep the machine from moving it, or let it again."""
        self.check("pin" if pinned else "unpin")
        return replace(self, pinned=pinned)

    def with_exit(self, way_out: LawfulExit) -> "Visit":
        """The same visit, which he may make in his rest."""
        others = (each for each in self.lawful_exits if each.technician_id != way_out.technician_id)
        attention = None if self.attention is Attention.UNFIT else self.attention
        return replace(self, lawful_exits=(*others, way_out), attention=attention)

    def _unplanned(self) -> "Visit":
        return replace(
            self,
            state=VisitState.WAITING,
            technician_id=None,
            plan=None,
            pinned=False,
            moved_from=None,
            attention=None,
            reasons=(),
            told_at=None,
            acknowledge_by_at=None,
            departed_at=None,
            apprentices=(),
            lawful_exits=tuple(
                each for each in self.lawful_exits if each.technician_id in self._everybody_told()
            ),
            told_before=self._everybody_told(),
        )

    def _everybody_told(self) -> tuple[str, ...]:
        """Those who were told once: without a network they cannot know that the visit is theirs no more."""
        if self.state not in TOLD or self._technician() in self.told_before:
            return self.told_before
        return (*self.told_before, self._technician())

    def _refusing(self, technician_id: str, rule: str) -> "Visit":
        others = tuple(each for each in self.refused_by if each.technician_id != technician_id)
        return replace(self._unplanned(), refused_by=(*others, Refused(technician_id, rule)))


Change = tuple[Visit, tuple[Fact, ...]]
