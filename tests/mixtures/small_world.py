"""Tiny modules in a world whose models are served over HTTP and whose tests are really run."""

import builtins
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from fault_server import FaultServer
from world import World

from specloop.attempt.report import Frame, TestFailure, TestReport, Verdict
from specloop.cli.wiring import model_limits
from specloop.loop.budget import Ledger
from specloop.loop.event import CallStarted, CompletionReceived
from specloop.loop.history import History
from specloop.loop.past import Past
from specloop.models.litellm_model import LiteLLMModel
from specloop.ports import TestJob
from specloop.spec.project import Project
from specloop.spec.row_tests import row_node_id
from specloop.testing import FakeTestRunner

KEY = "sk-canary-0123456789"
USD_IN, USD_OUT = 1.0, 10.0
MAX_OUTPUT = 500


def code(name: str, needs: Iterable[str] = (), value: int = 1) -> str:
    """A module whose function returns `value`; it is right if that is 1."""
    lines = [f'"""Makes {name}."""', ""]
    lines += [f"from app.{need} import {need}" for need in needs]
    factors = " * ".join([str(value), *(f"{need}()" for need in needs)])
    return "\n".join([*lines, "", "", f"def {name}() -> int:", f"    return {factors}", ""])


def settings(
    base: str,
    limits: str = "",
    timeout: int = 60,
    ladder: int = 1,
    temperature: float | None = None,
) -> str:
    """A project.toml, but for its [project] table."""
    warm = "" if temperature is None else f"temperature = {temperature}\n"
    models = "".join(
        f'[[models]]\nname = "served-{n}"\napi_base = "{base}"\napi_key_env = "SERVED_KEY"\n'
        f"max_output_tokens = {MAX_OUTPUT}\ntimeout_seconds = {timeout}\n"
        f"price = {{ input = {USD_IN}, output = {USD_OUT} }}\n{warm}"
        for n in range(1, ladder + 1)
    )
    return f"{models}[limits]\nmodels_in_flight = 2\n{limits}\n"


class Running:
    """Judges a module by running it: its example rows are evaluated beside its code."""

    def __init__(self, project: Project) -> None:
        self._specs = {spec.file: spec for spec in project.modules}

    def __call__(self, job: TestJob) -> TestReport:
        spec, failures = self._specs[job.candidate], []
        for row in spec.rows:
            node = row_node_id(spec, row)
            try:
                names = vars(_Import(job.files)(job.candidate.removesuffix(".py")))
                assert eval(row.source, names), f"it is {eval(row.expression.split()[0], names)}"
            except BaseException as error:  # what a stub raises is no Exception
                what = type(error).__name__
                frame = Frame(job.candidate, 1)
                failures.append(TestFailure(node, "call", what, str(error), str(error), (frame,)))
        nodes = tuple(row_node_id(spec, row) for row in spec.rows)
        if failures:
            return TestReport(Verdict.FAILED, nodes, (), tuple(failures))
        return TestReport(Verdict.PASSED, nodes, nodes)


class _Import:
    """Imports modules from the files of a job."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def __call__(self, name: str, *more: Any) -> ModuleType:
        path = f"{name.replace('.', '/')}.py"
        if path not in self._files:
            return builtins.__import__(name, *more)
        module = ModuleType(name)
        vars(module)["__builtins__"] = vars(builtins) | {"__import__": self}
        exec(compile(self._files[path], path, "exec"), vars(module))
        return module


class ServedWorld(World):
    """A world of `server`; waits between tries are noted in `pauses` and not waited for."""

    def __init__(self, project: Project, server: FaultServer) -> None:
        super().__init__(project, {}, runner=FakeTestRunner(Running(project)))
        self.server = server
        self.pauses: list[float] = []
        self.models = {
            model_limits(table): LiteLLMModel(table, self.pauses.append)
            for table in project.settings.models
        }

    @property
    def ledger(self) -> Ledger:
        return Ledger.of(self.events)

    @property
    def at_most(self) -> float:
        """What the run knows that it may have been charged, in USD."""
        ledger = self.ledger
        return ledger.usd + ledger.lost_usd + sum(call[3] for call in ledger.open_calls)

    @property
    def most_tokens(self) -> int:
        """The tokens, in and out, that it knows of in the same way."""
        ledger = self.ledger
        used = ledger.usage.input_tokens + ledger.usage.output_tokens
        return used + ledger.lost_tokens + sum(call[2] for call in ledger.open_calls)

    @property
    def bill(self) -> float:
        """What the server charges for it, in USD."""
        return self.server.bill(USD_IN, USD_OUT)

    def received(self, module: str) -> list[CompletionReceived]:
        """The answers that are recorded."""
        found = [event for event in self.events if isinstance(event, CompletionReceived)]
        return [event for event in found if event.module == module]

    def purposes(self, module: str) -> list[str]:
        """What the calls of a module were made for, in order."""
        calls = [event for event in self.events if isinstance(event, CallStarted)]
        return [event.purpose for event in calls if event.module == module]

    def history(self, module: str) -> History:
        """All that happened to a module."""
        return Past(self.events).history(self.project.module(module))

    def failure(self, module: str) -> str:
        """Why a module was given up."""
        return self.history(module).failed or ""

    def close(self) -> None:
        for model in self.models.values():
            model.close()
