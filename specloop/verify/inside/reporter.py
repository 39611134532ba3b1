"""The reporter inside the test process: runs pytest, and says what happens as it happens.

Only what it says counts as evidence; what is printed does not.
"""

import importlib.util
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from _pytest.config import ConftestImportFailure

from . import ahead, audit
from .course import Tests, remembered, watch_hooks, watch_object
from .guard import Send, strange_hooks, watch
from .wording import LONGREPR, MESSAGE, Record, Text

DETAILED = 40  # failures after so many are told without their long texts


class Reporter:
    """The pytest plugin that tells; where `only` names tests, no other one is run."""

    def __init__(self, send: Send, text: Text, candidate: str, only: frozenset[str]) -> None:
        self._send = send
        self._text = text
        self._candidate = candidate
        self._only = only
        self._tests = Tests(candidate)
        self._remember, self.changed = remembered()
        self._failures = 0

    def failed(self, node_id: str, error: BaseException) -> str:
        """Tell of code that could not be imported; the text that was told."""
        told = self._text.whole(error)
        self._send("phase", node=node_id, when="collect", outcome="failed", **told)
        return str(told["longrepr"])

    def ended(self, kind: str, error: BaseException) -> None:
        """Tell that the session was "interrupted" by the code's exception, or is "broken"."""
        self._send(kind, **self._text.whole(error))

    def tampered(self, names: list[str]) -> None:
        """Tell what of pytest is no longer as it was, if anything."""
        if names:
            self._send("tampered", names=names)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the marker known, so that --strict-markers lets it pass."""
        config.addinivalue_line("markers", "spec(*ids): the requirements that the test checks")

    @pytest.hookimpl(wrapper=True)
    def pytest_load_initial_conftests(
        self, early_config: pytest.Config
    ) -> Generator[None, None, None]:
        """Tell of a conftest.py that cannot be imported: it may well import the candidate."""
        ahead.restore()  # the plugins of the environment have been loaded
        hooks = early_config.hook
        self._remember(watch())
        self._remember(watch_hooks(early_config, self))
        self._remember(lambda: strange_hooks(vars(hooks).values(), self._candidate))
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
        self._send("deselected", names=[item.nodeid for item in items])

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell which tests will run, and which requirements they check."""
        nodes = [
            [item.nodeid, [str(name) for mark in item.iter_markers("spec") for name in mark.args]]
            for item in session.items
        ]
        self._send("collected", nodes=nodes)
        if self._only:
            session.items[:] = [item for item in session.items if item.nodeid in self._only]
        self.tampered(self.changed() + self._tests.keep(session))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell which test runs now."""
        self._send("running", node=nodeid, when="setup")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Tell of a test that is another one now, before any plugin prepares it."""
        self.tampered(self._tests.changed(item))
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Tell how one phase of one test ended."""
        report = yield
        if call.when == "setup":
            self.tampered(self._tests.made(item))
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


def run_pytest(arguments: list[str], reporter: Reporter, send: Send) -> int:
    """Run pytest; its exit status, also where it lets an exception of a conftest.py through."""
    changed, reporter_changed = reporter.changed, watch_object("the reporter", reporter)
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
    if names := changed() + reporter_changed():
        send("tampered", names=names)
    return status


def short_of_the_end(send: Send) -> Send:
    """What a plugin tells with, which code can find: it cannot say that the run came to its end."""

    def tell(kind: str, **fields: object) -> None:
        if kind == "end":
            kind, fields = "tampered", {"names": ["the reporter"]}
        send(kind, **fields)

    return tell


def work(order: dict[str, Any], send: Send) -> int:
    """Run pytest, or import the module alone, as ordered; the exit status is pytest's."""
    text = Text(order["run"], order["folder"])
    candidate = f"{order['folder']}/{order['candidate']}"
    reporter = Reporter(short_of_the_end(send), text, candidate, frozenset(order["only"]))
    send("ready")
    audit.install(send, order)
    if order["module"]:
        send("running", node=order["candidate"], when="collect")
        return import_module(order["module"], order["candidate"], reporter)
    places = [
        f"--rootdir={order['folder']}",
        f"--confcutdir={order['folder']}",
        f"--basetemp={order['tmp']}/pytest",
        *("-o", f"cache_dir={order['tmp']}/cache"),
    ]
    return run_pytest([*places, *order["arguments"]], reporter, send)
