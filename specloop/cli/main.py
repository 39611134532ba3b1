"""The `specloop` command: finds the command asked for, and turns what ends it into an exit code."""

import io
import os
import sys
import traceback
from importlib import import_module
from types import TracebackType

import click

from specloop import __version__
from specloop.errors import ExitCode, SpecloopError

# Name -> (module, what it does). A command is imported when it is asked for and never before:
# some need libraries that take longer to import than others take to run.
COMMANDS = {
    "init": ("specloop.cli.init", "Make a new project, or a copy of a shipped example."),
    "new": ("specloop.cli.new", "Write the spec of a new module from a template."),
    "import": ("specloop.cli.import_", "Draft specs from spec-kit, OpenSpec or Kiro."),
    "check": ("specloop.cli.check", "Read project.toml and every spec; ask no model."),
    "plan": ("specloop.cli.plan", "Say what a run would do, and why."),
    "run": ("specloop.cli.run", "Build what the specs ask for; starts or resumes."),
    "status": ("specloop.cli.status", "Show the state of every module."),
    "show": ("specloop.cli.show", "Show the attempts at a module, one by one."),
    "report": ("specloop.cli.report", "Show what was asked, what it cost, and who wrote what."),
    "trace": ("specloop.cli.trace", "Show what checks each requirement."),
    "accept": ("specloop.cli.accept", "Merge the run's branch into the one checked out."),
    "repeat": ("specloop.cli.repeat", "Build one module several times and compare the results."),
    "doctor": ("specloop.cli.doctor", "Say what works here, what does not, and how to mend it."),
    "schema": ("specloop.cli.schema", "Print the JSON Schema of a spec and of project.toml."),
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="specloop")
def specloop() -> None:
    """Build software from module specs: tested, one commit per module, resumable.

    PROJECT is a project.toml or the folder that holds one; the current folder by default.
    """


# Pydantic looks through all that is installed for plugins; none has a say in what a spec means.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.excepthook = _tell_of_fault
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    try:
        result = specloop.main(arguments, prog_name="specloop", standalone_mode=False)
    except SpecloopError as error:
        _tell(str(error))
        return error.exit_code
    except click.ClickException as error:
        told = io.StringIO()
        error.show(told)
        _tell(told.getvalue().rstrip("\n"))
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        words = sys.argv[1:] if arguments is None else arguments
        goes_on = words[:1] in (["run"], ["repeat"])
        _tell(f"interrupted{'; run the same command again to resume' if goes_on else ''}")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has closed it: nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except OSError as error:
        where = f" {error.filename!r}" if error.filename else ""
        said = f"the system refused{where}: {error.strerror}; mend that and run again"
        _tell(said)
        return ExitCode.UNAVAILABLE
    return result if isinstance(result, int) else ExitCode.OK


def _tell_of_fault(
    kind: type[BaseException], error: BaseException, place: TracebackType | None
) -> None:
    """Print the traceback of an error that nobody foresaw: it may quote anything."""
    _tell("".join(traceback.format_exception(kind, error, place)).rstrip("\n"))


def _tell(text: str) -> None:
    """Print what somebody else may have worded on standard error."""
    # Here, since it takes as long to import as all else that `specloop --help` does.
    from specloop.cli.shown import shown

    click.echo(shown(text), err=True)
