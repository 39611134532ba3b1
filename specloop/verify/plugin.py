"""The reporter inside the test process: runs pytest, and says what happened over a pipe.

Run by path with the standard library and pytest alone: `python plugin.py ORDER DESCRIPTOR`, ORDER
being a JSON file. Each record is a line: the run's token, a blank, a JSON object. Only what is said
here counts as evidence; what is printed does not.
"""

import faulthandler
import importlib.util
import json
import runpy
import signal
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from types import ModuleType
from typing import Any

if __name__ == "__main__":
    del sys.path[0]  # the folder of this file: its neighbours are no one's to import

import pytest
from _pytest.config import ConftestImportFailure

MESSAGE = 2_000  # characters kept of each text
LONGREPR = 6_000
DETAILED = 40  # failures after so many are told without their long texts

Record = dict[str, Any]
Send = Callable[..., None]
Watch = Callable[[], Callable[[], list[str]]]


class Reporter:
    """The pytest plugin that tells what happens as it happens."""

    def __init__(
        self,
        send: Send,
        text: Any,  # noqa: ANN401  # a Text of wording.py, which cannot be imported here
        watch: Watch,
    ) -> None:
        self._send = send
        self._text = text
        self._watch = watch
        self._changed: Callable[[], list[str]] = list
        self._failures = 0

    def failed(self, node_id: str, error: BaseException) -> str:
        """Tell of code that could not be imported; the text that was told."""
        told = self._text.whole(error)
        self._send("phase", node=node_id, when="collect", outcome="failed", **told)
        return str(told["longrepr"])

    def ended(self, kind: str, error: BaseException) -> None:
        """Tell that the session was "interrupted" by the code's exception, or is "broken"."""
        self._send(kind, **self._text.whole(error))

    def look(self) -> None:
        """Tell what of pytest is no longer as it was before the project's code was imported."""
        if names := self._changed():
            self._send("tampered", names=names)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the marker known, so that --strict-markers lets it pass."""
        config.addinivalue_line("markers", "spec(*ids): the requirements that the test checks")

    @pytest.hookimpl(wrapper=True)
    def pytest_load_initial_conftests(
        self, early_config: pytest.Config
    ) -> Generator[None, None, None]:
        """Tell of a conftest.py that cannot be imported: it may well import the candidate."""
        self._changed = self._watch()  # the plugins of the environment have been loaded
        self._send("running", node="conftest.py", when="collect")
        try:
            result = yield
        except ConftestImportFailure as error:
            self.failed(self._text.plain(str(error.path)), error)
            raise
        self._send("running", node="", when="")
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Tell of errors in collection; code that exits while it is imported is one."""
        self._send("running", node=collector.nodeid, when="collect")
        try:
            report = yield
        except SystemExit as error:
            longrepr = self.failed(collector.nodeid, error)
            return pytest.CollectReport(collector.nodeid, "failed", longrepr, [])
        if not report.passed:
            call = getattr(report, "call", None)
            self._tell(report, "collect", call.excinfo if call else None)
        return report

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Tell which tests the user's settings leave out."""
        self._send("deselected", nodes=[item.nodeid for item in items])

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell which tests will run, and which requirements they check."""
        nodes = [
            [item.nodeid, [str(name) for mark in item.iter_markers("spec") for name in mark.args]]
            for item in session.items
        ]
        self._send("collected", nodes=nodes)
        self.look()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell which test runs now."""
        self._send("running", node=nodeid, when="setup")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell how one phase of one test ended."""
        report = yield
        self._tell(report, report.when or "call", call.excinfo)
        # reports are kept to the end of the session: a flood of output must not be
        report.sections = [(name, text[-self._text.captured :]) for name, text in report.sections]
        return report

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[Any]) -> None:
        """Tell that pytest itself broke."""
        self.ended("broken", excinfo.value)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Tell of a KeyboardInterrupt: no keyboard reaches this process, so the code raised it."""
        if not isinstance(excinfo.value, pytest.exit.Exception | pytest.Session.Interrupted):
            self.ended("interrupted", excinfo.value)

    def _tell(
        self,
        report: pytest.TestReport | pytest.CollectReport,
        when: str,
        excinfo: pytest.ExceptionInfo[BaseException] | None,
    ) -> None:
        told: Record = {"node": report.nodeid, "when": when, "outcome": report.outcome}
        if report.passed:
            return self._send("phase", **told)
        self._failures += 1
        told["marked"] = set_aside_by_mark(report, excinfo)
        longrepr = report.longreprtext
        if excinfo is not None:
            told |= self._text.error(excinfo.value)
        else:
            told["message"] = self._text.bounded(longrepr, MESSAGE)
        if self._failures <= DETAILED:
            told["longrepr"] = self._text.bounded(longrepr, LONGREPR)
            told["captured"] = self._text.sections(report.sections)
        return self._send("phase", **told)


def set_aside_by_mark(
    report: pytest.TestReport | pytest.CollectReport,
    excinfo: pytest.ExceptionInfo[BaseException] | None,
) -> bool:
    """Whether a mark (skip, skipif, xfail) of the test set it aside, rather than code that ran."""
    if not report.skipped or excinfo is None:
        return False
    if hasattr(report, "wasxfail"):
        return not isinstance(excinfo.value, pytest.xfail.Exception)
    # pytest raises for marks in its own files; pytest.skip() and importorskip() raise in another
    raised_in = Path(str(excinfo.traceback[-1].path))
    return raised_in.parent.name == "_pytest" and raised_in.name in ("skipping.py", "unittest.py")


def import_module(name: str, node_id: str, reporter: Reporter) -> int:
    """Import a module and nothing else; 0 if that went well."""
    try:
        importlib.import_module(name)
    except BaseException as error:
        reporter.failed(node_id, error)
        return 1
    return 0


def run_pytest(arguments: list[str], reporter: Reporter) -> int:
    """Run pytest; its exit status, also where it lets an exception of a conftest.py through."""
    # the processes of pytest-xdist would report to their own master, and so to nobody
    serial = ["-n0"] if importlib.util.find_spec("xdist") else []
    sys.argv = ["pytest", *serial, *arguments]
    try:
        status = int(pytest.main(sys.argv[1:], plugins=[reporter]))
    except Exception as error:
        reporter.ended("broken", error)
        status = int(pytest.ExitCode.INTERNAL_ERROR)
    except BaseException as error:
        reporter.ended("interrupted", error)
        status = int(pytest.ExitCode.INTERRUPTED)
    reporter.look()
    return status


def _neighbour(name: str) -> dict[str, Any]:
    """What a file beside this one defines; it stays out of `sys.modules`."""
    return runpy.run_path(str(Path(__file__).with_name(name)))


def main(order_file: str, descriptor: int) -> int:
    """Do what `order_file` says and report on `descriptor`; the exit status is pytest's."""
    order = json.loads(Path(order_file).read_text())
    Path(order_file).unlink()  # it holds the token
    # a module __main__ that is empty: code under test has no business in this file
    sys.modules["__main__"] = ModuleType("__main__")
    guard, wording = (_neighbour(name) for name in ("guard.py", "wording.py"))
    send: Send = guard["channel"](descriptor, order.pop("token"))
    reporter = Reporter(send, wording["Text"](order["run"], order["project"]), guard["watch"])
    stack = Path(order["stack"]).open("w")  # noqa: SIM115 (open as long as the process lives)
    faulthandler.register(signal.SIGUSR1, file=stack, all_threads=False, chain=False)
    send("ready")
    if order["module"]:
        send("running", node=order["candidate"], when="collect")
        status = import_module(order["module"], order["candidate"], reporter)
    else:
        status = run_pytest(order["arguments"], reporter)
    send("end", status=status)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
