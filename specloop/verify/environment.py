"""The interpreter that tests run with, and the packages it has."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from specloop.errors import RunnerUnavailable
from specloop.spec.settings import ProjectTable
from specloop.verify.layout import remove

PYTEST = "pytest>=8.2"
COMPLETE = "specloop-complete"  # written last: a virtual environment without it is half made
OUTPUT_LINES = 15
SECRET = re.compile(r"(?<![A-Z])(API_?KEY|KEY|SECRET|TOKEN|PASSWORD)(?![A-Z])", re.IGNORECASE)
PROBE = "import pytest; assert pytest.version_tuple >= (8, 2), pytest.__version__"
NAMES = """
import importlib.metadata, json
print(json.dumps(importlib.metadata.packages_distributions()))
"""

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Environment:
    """Which interpreter runs the tests of a project, and how it is made."""

    root: Path
    project: ProjectTable
    notify: Notify

    @property
    def venv(self) -> Path:
        """The virtual environment that is made where packages are named and no interpreter."""
        return self.root / ".specloop" / "venv"

    def python(self) -> Path:
        """The interpreter, made ready; RunnerUnavailable if it cannot be."""
        if self.project.python:
            python = self.root / self.project.python
            self._demand(python, "install pytest into it, or mend [project] python in project.toml")
            return python
        if self.project.packages or self.project.test_packages:
            return self._made()
        return Path(sys.executable)  # pytest is installed with specloop

    def ready(self) -> bool:
        """Whether `python` would install nothing."""
        if self.project.python or not (self.project.packages or self.project.test_packages):
            return True
        return self._complete(self._requirements()) and not _fault(self._python)

    def _demand(self, python: Path, remedy: str) -> None:
        fault = _fault(python)
        if fault:
            raise RunnerUnavailable(f"tests cannot run with {str(python)!r}: {fault}; {remedy}")

    def _made(self) -> Path:
        """The interpreter of the virtual environment, made anew where it is not as it must be."""
        requirements = self._requirements()
        python = self._python
        if self._complete(requirements) and not _fault(python):
            return python
        self.notify(f"installing {len(requirements)} packages into .specloop/venv")
        remove(self.venv)
        self._install(python, requirements)
        self._demand(python, "see that [project] packages and test_packages fit one another")
        self._mark.write_text(_key(requirements))
        return python

    @property
    def _python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def _mark(self) -> Path:
        """The file that says of which requirements the virtual environment is complete."""
        return self.venv / COMPLETE

    def _complete(self, requirements: Sequence[str]) -> bool:
        return self._mark.is_file() and self._mark.read_text() == _key(requirements)

    def _requirements(self) -> list[str]:
        requirements = [*self.project.packages, *self.project.test_packages]
        named = {Requirement(text).name.lower() for text in requirements}
        return requirements if "pytest" in named else [*requirements, PYTEST]

    def _install(self, python: Path, requirements: list[str]) -> None:
        uv = shutil.which("uv")
        self.venv.parent.mkdir(parents=True, exist_ok=True)
        if uv:
            self._call([uv, "venv", "--quiet", "--python", sys.executable, str(self.venv)])
            self._call([uv, "pip", "install", "--python", str(python), *requirements])
        else:
            # our own pip installs into it: to give it one of its own takes longer than all else
            self._call([sys.executable, "-m", "venv", "--without-pip", str(self.venv)])
            pip = [sys.executable, "-m", "pip", "--python", str(python), "--no-input"]
            self._call([*pip, "install", "--quiet", *requirements])

    def _call(self, command: list[str]) -> None:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=_without_secrets(os.environ),
            check=False,
        )
        if done.returncode:
            lines = "\n".join(done.stdout.strip().splitlines()[-OUTPUT_LINES:])
            raise RunnerUnavailable(
                f"the packages of the project cannot be installed into {str(self.venv)!r}:\n"
                f"{lines}\n"
                "mend [project] packages and test_packages in project.toml or the network, then "
                "run again; or set [project] python to an interpreter that has them"
            )


def _key(requirements: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([sys.version, sorted(requirements)]).encode()).hexdigest()


def _without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """What an installer may see: building a package runs its code."""
    own = ("PIP_", "UV_")
    return {k: v for k, v in environ.items() if k.startswith(own) or not SECRET.search(k)}


def _ask(python: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Run `source` away from the project, whose files could be taken for packages."""
    known = {name: os.environ[name] for name in ("HOME", "LD_LIBRARY_PATH") if name in os.environ}
    return subprocess.run(
        [str(python), "-c", source], cwd="/", env=known, capture_output=True, text=True, check=False
    )


def _fault(python: Path) -> str:
    """Why the interpreter cannot run tests, "" if it can."""
    try:
        done = _ask(python, PROBE)
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return done.stderr.strip().rpartition("\n")[2] or f"it ended with exit code {done.returncode}"


def import_names(packages: Sequence[str], python: Path) -> frozenset[str]:
    """The top-level names that code may import of the distributions named in `packages`.

    As the interpreter's own metadata has them, and the name of the distribution itself in the form
    of an identifier; never those of what it depends on.
    """
    if not packages:
        return frozenset()
    done = _ask(python, NAMES)
    if done.returncode:
        raise RunnerUnavailable(
            f"{str(python)!r} does not tell which packages it has: {done.stderr.strip()}; "
            "use Python 3.10 or later, or delete .specloop/venv to have it made anew"
        )
    declared = {canonicalize_name(_requirement(text).name) for text in packages}
    found = {name.replace("-", "_") for name in declared}
    for name, distributions in json.loads(done.stdout).items():
        if declared.intersection(canonicalize_name(each) for each in distributions):
            found.add(name)
    return frozenset(found)


def _requirement(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise RunnerUnavailable(
            f"package {text!r} is no requirement of PEP 508: {error}; mend it in project.toml"
        ) from error
