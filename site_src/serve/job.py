"""Build and prove the site in a thread, so that the desk answers meanwhile."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_src.commands.messages import error_lines, verdict_lines
from site_src.folders import Progress
from site_src.language.say import say
from site_src.pipeline.build import build
from site_src.pipeline.reading import read_inputs
from site_src.problems import InputError, Problems, ThyridaError
from site_src.prove.verify import Failure, verify_all, with_letters
from site_src.publish.outcome import remember
from site_src.publish.publish import locked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_src.folders import Options
    from site_src.problems import Problem
    from site_src.publish.outcome import Outcome


@dataclass
class Job(Progress):
    """A build with the proof after it: how far it is, and afterwards what came of both. It is also its own progress.

    ``problems`` are those of the inputs; ``lines`` are those of `verify`, or say what stopped either.
    """

    text: str = ""
    total: int = 0
    done: int = 0
    options: Options | None = None
    outcome: Outcome | None = None
    problems: tuple[Problem, ...] = ()
    lines: tuple[str, ...] = ()
    has_failed: bool = False
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_running(self) -> bool:
        """Return whether it is at work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def shown(self) -> str:
        """Return how far it is, in words."""
        return f"{self.text}: {self.done} / {self.total}" if self.total else self.text

    def begin(self, options: Options) -> None:
        """Begin, unless it is at work already: a second window then sees the same build."""
        with self._lock:
            if not self.is_running:
                self.options, self.outcome, self.has_failed = options, None, False
                self.problems, self.lines = (), ()
                self.start(say("Reading everything"), 0)
                self._thread = threading.Thread(target=self._work, args=(options,))
                self._thread.start()

    def wait(self) -> None:
        """Return when the work is done."""
        if self._thread:
            self._thread.join()

    def start(self, text: str, total: int) -> None:
        """Begin a part of the work."""
        self.text, self.total, self.done = text, total, 0

    def step(self) -> None:
        """Count one more step as done."""
        with self._lock:
            self.done += 1

    def _work(self, options: Options) -> None:
        try:
            self.outcome = build(options, self)
            self.problems = self.outcome.warnings
            if self.outcome.state:
                remember(options, self.outcome)
            self.lines = tuple(self._prove(options))
        except InputError as error:
            self.has_failed, self.problems = True, error.problems
        except (ThyridaError, OSError) as error:
            self.has_failed, self.lines = True, tuple(error_lines(error))

    def _prove(self, options: Options) -> Iterator[str]:
        """Yield the lines of `verify`."""
        folders, problems = options.folders, Problems()
        inputs = read_inputs(folders, options.day, problems, with_letters=with_letters(folders))
        problems.stop_on_errors()
        with locked(folders.private):
            for found in verify_all(inputs, folders, self):
                failures = (found,) if isinstance(found, Failure) else found.failures
                self.has_failed = self.has_failed or bool(failures)
                yield from (say("error: {text}", text=failure) for failure in failures)
                if not isinstance(found, Failure):
                    yield from verdict_lines(found)
