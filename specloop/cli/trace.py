"""The command `specloop trace`."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.text import Text

from specloop.cli.options import echo_json, json_option, project_argument
from specloop.cli.reading import Reading, read_all, user_files
from specloop.cli.show import find_module
from specloop.cli.shown import redactor_of, shown
from specloop.cli.strengths import Strengths
from specloop.cli.wiring import make_ready, open_runner
from specloop.engine.inputs import Inputs
from specloop.engine.run import cores
from specloop.engine.stale import changed_since
from specloop.engine.strength import measure
from specloop.engine.suites import Suites
from specloop.errors import ExitCode, InvalidInput
from specloop.report.trace import Trace, trace
from specloop.report.trace_text import strength_text, trace_text
from specloop.spec.lint.citations import read_citations
from specloop.spec.module import ModuleSpec
from specloop.spec.project import Project
from specloop.spec.read import read_project
from specloop.strength.strength import Strength

_EVERY = "*"


@click.command("trace")
@project_argument
@click.option("--strict", is_flag=True, help="Exit with 1 if an id is checked by nothing.")
@click.option(
    "--strength",
    "measured",
    is_flag=False,
    flag_value=_EVERY,
    metavar="[MODULE]",
    help="First measure how much the tests would notice, by mutants of the code.",
)
@json_option
def command(project: Path, *, strict: bool, measured: str | None, as_json: bool) -> int:
    """Show what checks each requirement: rows, held-out rows, tests, and the commit.

    --strength makes small faults in code that passed, one at a time, and runs the module's tests
    on each. A fault that no test notices is shown, with a row that would notice it.
    """
    found = read_project(project)
    reading = read_all(found, user_files(found))
    suites = Suites(found, reading.inputs, (), frozenset())
    kept = Strengths(found.root)
    if measured is not None:
        _measure(found, _wanted(found, measured, reading.inputs), reading.inputs, suites, kept)
    traced = redactor_of(found).clean(_trace(found, reading, suites, kept))
    if as_json:
        echo_json(traced.as_json())
    else:
        click.echo(shown(trace_text(traced)))
    return ExitCode.FAILED if strict and not traced.ok else ExitCode.OK


def _trace(found: Project, reading: Reading, suites: Suites, kept: Strengths) -> Trace:
    made = reading.records
    stale = {
        spec.name
        for spec in found.modules
        if spec.name in made and changed_since(spec, reading.inputs, made[spec.name])
    }
    strengths: dict[str, Strength] = {}
    for spec in found.modules:
        strength, standing = kept.load(spec.name), suites.standing(spec)
        if strength and standing and strength.holds_for(spec, suites.suite(spec, standing)):
            strengths[spec.name] = strength
    return trace(found, read_citations(found), made, stale, strengths, date.today())


def _wanted(found: Project, measured: str, inputs: Inputs) -> list[ModuleSpec]:
    """The modules to measure; of all of them, those that have code and tests of their own."""
    if measured == _EVERY:
        ready = [one for one in found.modules if one.has_tests and inputs.code(one) is not None]
        left_out = [one.name for one in found.modules if one not in ready]
        if ready and left_out:
            text = "without tests of their own, or not built yet"
            click.echo(f"not measured, since {text}: {', '.join(left_out)}", err=True)
        if ready:
            return ready
        raise InvalidInput("no module has code yet whose tests could be measured; specloop run")
    spec = find_module(found, measured)
    if inputs.code(spec) is None:
        raise InvalidInput(
            f"module {spec.name!r} has no code yet whose tests could be measured; build it "
            "first: specloop run"
        )
    return [spec]


def _measure(
    found: Project, wanted: Sequence[ModuleSpec], inputs: Inputs, suites: Suites, kept: Strengths
) -> None:
    """Measure the modules, one after another; what is known is kept at every step."""
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="specloop-") as scratch:
        runner = open_runner(found, Path(scratch), lambda text: console.print(Text(shown(text))))
        with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
            try:
                make_ready(found, runner)
                for spec in wanted:
                    task = shown.add_task(spec.name, total=None)

                    def keep(strength: Strength, task: TaskID = task) -> None:
                        kept.save(strength)
                        shown.update(task, completed=strength.judged, total=strength.mutants)

                    strength = measure(
                        suites,
                        runner,
                        spec,
                        inputs.text(spec),
                        workers=found.settings.limits.test_workers or cores(),
                        kept=kept.load(spec.name),
                        keep=keep,
                    )
                    console.print(f"{spec.name}: {strength_text(strength)}", highlight=False)
            finally:
                runner.close()
