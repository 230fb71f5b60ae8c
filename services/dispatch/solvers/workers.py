"""Processes that solve, one job at a time each, bounded in memory and time.

What crashes, hangs or refuses costs its job and nothing else: the process is replaced, the failure
counted. Results are handed out in the order in which the jobs were given, so that what is made of them
does not depend on which process was faster.
"""

import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Self

from services.dispatch.planning.dayahead.plan import Routes
from services.dispatch.planning.dayahead.problem import Problem

MOST_BYTES = 2 << 30
"""Address space of one process; what it really uses is a tenth."""

PATIENCE_SECONDS = 20.0
START_SECONDS = 60.0


@dataclass(frozen=True)
class Resolve:
    """Plan these technicians' day anew with these visits to choose from; the answer has a route for each."""

    technicians: tuple[int, ...]
    visits: tuple[int, ...]
    level: int


@dataclass(frozen=True)
class Pack:
    """Choose one of the routes that were seen for each technician; the answer has a route for each.

    ``seen[t]`` are the routes of technician t; the first is the one he has.
    """

    seen: tuple[tuple[tuple[int, ...], ...], ...]


Job = Resolve | Pack
Solver = Callable[[Problem, Job], Routes]


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    give_up_at: float
    ticket: int | None = None
    ready: bool = False

    @property
    def busy(self) -> bool:
        """Whether it owes something: the answer to a job, or that it has started."""
        return not self.ready or self.ticket is not None


def _nothing() -> None:
    """Nothing to prepare."""


@dataclass
class Crew:
    """``size`` processes that run ``solver``, ``prepared`` before their first job.

    ``failures`` counts jobs lost, by what happened to them.
    """

    problem: Problem
    solver: Solver
    size: int = 2
    prepared: Callable[[], None] = _nothing
    patience_seconds: float = PATIENCE_SECONDS
    failures: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._tickets = count()
        self._waiting: deque[tuple[int, Job]] = deque()
        self._done: dict[int, Routes | None] = {}
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        self._workers = [self._hired() for _ in range(self.size)]
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            _end(worker)
        self._workers = []

    def turn_to(self, problem: Problem) -> None:
        """From now on jobs are of this problem; what is being done about the one before is waited for."""
        self._waiting.clear()
        while ends := [each.give_up_at for each in self._workers if each.ticket is not None]:
            self._listen(max(0.0, min(ends) - time.monotonic()))
        self.problem = problem
        for worker in [each for each in self._workers if each.ready]:
            self._send(worker, problem)

    def give(self, job: Job) -> int:
        """Have the job done; the ticket is what ``collect`` asks for."""
        ticket = next(self._tickets)
        self._waiting.append((ticket, job))
        self._listen(0.0)
        return ticket

    def collect(self, ticket: int, until: float) -> Routes | None:
        """The job's answer; None when it failed. ``TimeoutError`` at ``until`` (monotonic seconds)."""
        while ticket not in self._done:
            now = time.monotonic()
            if now >= until:
                raise TimeoutError
            ends = [each.give_up_at for each in self._workers if each.busy]
            self._listen(max(0.0, min([until, *ends]) - now))
        return self._done.pop(ticket)

    def _listen(self, seconds: float) -> None:
        """Take what is answered or overdue within so many seconds, and keep everybody busy."""
        ready = wait([each.pipe for each in self._workers], seconds)
        for worker in list(self._workers):
            if worker.pipe in ready:
                self._hear(worker)
            elif worker.busy and time.monotonic() >= worker.give_up_at:
                self._replace(worker, "hung")
        for worker in list(self._workers):
            if not worker.busy and self._waiting:
                worker.ticket, job = self._waiting.popleft()
                worker.give_up_at = time.monotonic() + self.patience_seconds
                self._send(worker, job)

    def _hear(self, worker: _Worker) -> None:
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            self._replace(worker, "crashed")
            return
        if worker.ticket is None:
            worker.ready = True
            # Only now: to write more than a pipe holds is to wait for whoever is still starting.
            self._send(worker, self.problem)
            return
        if isinstance(answer, str):
            self.failures[answer] += 1
            answer = None
        self._done[worker.ticket] = answer
        worker.ticket = None

    def _send(self, worker: _Worker, what: Job | Problem) -> None:
        try:
            worker.pipe.send(what)
        except OSError:
            self._replace(worker, "crashed")

    def _replace(self, worker: _Worker, why: str) -> None:
        _end(worker)
        self.failures[why] += 1
        if worker.ticket is not None:
            self._done[worker.ticket] = None
        self._workers[self._workers.index(worker)] = self._hired()

    def _hired(self) -> _Worker:
        # A fresh interpreter: a copy of this one would carry its threads' locks and its memory.
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self.prepared, self.solver), daemon=True)
        with _deaf_to_ctrl_c(), _without_the_program():
            process.start()
        theirs.close()
        return _Worker(process, ours, time.monotonic() + START_SECONDS)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """What is started meanwhile never hears of Ctrl-C, not even while it is still importing."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _without_the_program() -> Iterator[None]:
    """What is started meanwhile does not import the program that starts it: it needs nothing of that."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()


def _serve(pipe: Connection, prepared: Callable[[], None], solver: Solver) -> None:
    """Answer jobs until nobody is there to ask. Ctrl-C is for the process that asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    bound_memory()
    with suppress(Exception):  # the first job will fail of the same, and say so
        prepared()
    answer: Routes | str
    # The end of the pipe is the end of whoever asked.
    with suppress(EOFError, OSError):
        pipe.send(None)
        problem = None
        while True:
            job = pipe.recv()
            if isinstance(job, Problem):
                problem = job
                continue
            assert problem is not None
            try:
                answer = solver(problem, job)
            except Exception as refused:
                answer = type(refused).__name__
            pipe.send(answer)


def bound_memory() -> None:
    """This process has no more than ``MOST_BYTES`` of address space from now on."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_BYTES if hard == resource.RLIM_INFINITY else min(MOST_BYTES, hard)
    with suppress(ValueError):  # macOS has the limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
