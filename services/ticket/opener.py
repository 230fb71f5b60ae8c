"""Opens tickets that machines, plans, renewals and trainings ask for: handlers of events have no numbers."""

from contextlib import suppress
from dataclasses import dataclass

from contracts.audience import Reach, Viewer
from contracts.refusal import Refusal
from contracts.text import Text
from contracts.values import Channel, Impact
from infra.chassis.runtime import Runtime, new_id
from infra.chassis.store.collection import Document
from infra.chassis.store.unit import AlreadyExists, Cause
from services.ticket.domain.asked_work import AskedState, AskedWork, Priced
from services.ticket.domain.patience import Patience
from services.ticket.store.asked_works import AskedWorks
from services.ticket.store.numbers import Numbers
from services.ticket.store.quotes import Quotes
from services.ticket.store.tickets import Tickets
from services.ticket.usecases.ask_work import SettleAskedWork
from services.ticket.usecases.open_ticket import OpenTicket
from services.ticket.usecases.opening import Request
from services.ticket.usecases.parent import SetParent
from services.ticket.usecases.quoting import SendQuote

ACTOR = "service:ticket"
SWEEP_SECONDS = 30.0
AT_ONCE = 50
NOT_NOW = ("not-ready", "contended")


@dataclass(frozen=True)
class Opener:
    run: Runtime
    numbers: Numbers
    patience: Patience

    async def keep_opening(self) -> None:
        """At once for what comes in here; the sweep finds what waited, or came in elsewhere."""
        wake = self.run.wakes_on(AskedWorks)
        self.run.busy.append(self.busy)
        try:
            while True:
                await self.open_waiting()
                await wake.wait(SWEEP_SECONDS)
        finally:
            self.run.busy.remove(self.busy)

    async def busy(self) -> bool:
        """Whether a ticket is about to be opened."""
        return await self.run.collection(AskedWorks.name).find_one(self._due(), {"_id": 1}) is not None

    def _due(self) -> Document:
        return {"state": AskedState.WAITING.value, "try_at": {"$lte": self.run.clock.now()}}

    async def open_waiting(self) -> None:
        for kept in await self.run.find(AskedWorks, self._due(), sort=(("try_at", 1),), limit=AT_ONCE):
            await self._open(kept.value)

    async def _open(self, work: AskedWork) -> None:
        why: Text | None = None
        cause = Cause(ACTOR if work.quote is None else work.quote.author, new_id())
        try:
            with suppress(AlreadyExists):
                await self.run.do(await self._opening(work), cause)
            if work.quote is not None:
                await self._quoted(work, work.quote, cause)
            if work.follows_id is not None:
                await self._linked(work.id, work.follows_id, cause)
        except Refusal as refused:
            if refused.slug in NOT_NOW:
                return
            why = refused.detail
        await self.run.do(SettleAskedWork(work.id, why), cause)

    async def _linked(self, id: str, to: str, cause: Cause) -> None:
        """A child of the ticket at whose visit it was found, or of that one's parent, where it may be."""
        found_at = await self.run.read(Tickets, to)
        if found_at is None:
            return
        parent_id = found_at.value.parent_id or found_at.value.id
        setting = SetParent(ticket_id=id, viewer=Viewer(ACTOR, Reach.FIRM), parent_id=parent_id)
        try:
            await self.run.do(setting, cause)
        except Refusal as refused:
            if refused.slug in NOT_NOW:
                raise

    async def _quoted(self, work: AskedWork, quote: Priced, cause: Cause) -> None:
        """Once: what was sent before the process ended is not sent again, whatever became of it since."""
        if await self.run.read(Quotes, work.id) is not None:
            return
        sending = SendQuote(
            ticket_id=work.id,
            viewer=Viewer(quote.author, Reach.FIRM),
            lines=quote.lines,
            currency=quote.currency,
            valid_until=quote.valid_until,
        )
        await self.run.do(sending, cause)

    async def _opening(self, work: AskedWork) -> OpenTicket:
        request = Request(
            kind=work.kind,
            summary=work.summary,
            description=work.detail,
            category=work.category,
            impact=Impact.LOW,
            urgency=work.urgency,
            sites=work.site_ids,
            customer_id=work.customer_id,
            asset_id=work.asset_id,
            preferred_windows=() if work.window is None else (work.window,),
            checklist=work.checklist,
            channel=Channel.AGENT,
        )
        number = await self.numbers.next(self.run.clock.now().year)
        viewer = Viewer(ACTOR, Reach.FIRM)
        return OpenTicket(
            id=work.id,
            number=number,
            request=request,
            viewer=viewer,
            patience=self.patience,
            approval_first=work.quote is not None,
            clocks=False,
        )
