"""Git as a program: the one place that starts it.

It runs as if alone: no hook, no fsmonitor, no signature, no prompt, and no variable that would make
it work on another repository than the folder's.
"""

import os
import shlex
import subprocess
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from specloop.errors import RepositoryUnavailable

_ALONE = (
    *("git", "--no-pager", "--no-replace-objects"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.fsync=all"),
    *("-c", "core.fsyncMethod=fsync"),
    *("-c", "core.filesRefLockTimeout=500"),  # milliseconds
    *("-c", "commit.gpgSign=false"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
    *("-c", "i18n.logOutputEncoding=UTF-8"),
    *("-c", "log.showSignature=false"),
)
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
_KEPT = (  # all other GIT_… variables are meant for the command that set them
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_CONFIG_",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_EXEC_PATH",
)
NOBODY = "specloop <specloop@localhost>"

Done = subprocess.CompletedProcess[bytes]


@dataclass(frozen=True, slots=True)
class Git:
    """Git in one folder. RepositoryUnavailable, with git's own words, where it refuses."""

    folder: Path

    def run(self, *arguments: str) -> bytes:
        """What git prints."""
        done = self.attempt(*arguments)
        if done.returncode:
            raise self.refusal(done)
        return done.stdout

    def line(self, *arguments: str) -> str:
        """The one line that git prints."""
        return _text(self.run(*arguments))

    def ask(self, *arguments: str) -> str | None:
        """The one line that git prints, or None when it says no, by exit code 1."""
        done = self.attempt(*arguments)
        if done.returncode > 1:
            raise self.refusal(done)
        return None if done.returncode else _text(done.stdout)

    def attempt(self, *arguments: str, variables: Mapping[str, str] | None = None) -> Done:
        """Run git alone, whatever its exit code is.

        It gets a session of its own: Ctrl-C is for us to handle, not for a ref half moved.
        """
        return self._start((*_ALONE, *arguments), _QUIET | dict(variables or {}), new_session=True)

    def as_user(self, *arguments: str) -> Done:
        """Run git as the user would, hooks and all, whatever its exit code is."""
        identity = self.identity()
        variables = signature(identity) if identity == NOBODY else {}
        return self._start(("git", *arguments), variables, new_session=False)

    def identity(self) -> str:
        """The person commits are made by, as `Name <address>`: the user where git knows one."""
        known = self.attempt("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
        return NOBODY if known.returncode else _text(known.stdout).rsplit(" ", 2)[0]

    def refusal(self, done: Done) -> RepositoryUnavailable:
        """The error that says what git said."""
        own = [part for part in done.args if part not in _ALONE]
        command = textwrap.shorten(f"git {shlex.join(own)}", 120)
        return RepositoryUnavailable(
            f"`{command}` failed in {str(self.folder)!r}: {words(done)}; mend that and run again"
        )

    def _start(
        self, command: tuple[str, ...], variables: Mapping[str, str], *, new_session: bool
    ) -> Done:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name.startswith(_KEPT)
        }
        try:
            return subprocess.run(
                command,
                cwd=self.folder,
                env=inherited | dict(variables),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                start_new_session=new_session,
                check=False,
            )
        except OSError as error:
            raise RepositoryUnavailable(
                f"git cannot be started in {str(self.folder)!r}: {error.strerror}; is the folder "
                "there, and git installed and on PATH?"
            ) from error


def words(done: Done) -> str:
    """What git said when it failed, on one line."""
    said = (done.stderr + b" " + done.stdout).decode("utf-8", "replace")
    return " ".join(said.split()) or f"exit code {done.returncode}"


def signature(identity: str) -> dict[str, str]:
    """The identity as variables, for commands of git that write it themselves."""
    name, _, address = identity.removesuffix(">").rpartition(" <")
    return {
        f"GIT_{role}_{part}": text
        for role in ("AUTHOR", "COMMITTER")
        for part, text in (("NAME", name), ("EMAIL", address))
    }


def _text(output: bytes) -> str:
    return os.fsdecode(output).removesuffix("\n")
