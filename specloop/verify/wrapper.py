"""What stands around the test server: bubblewrap on Linux, sandbox-exec on macOS.

Each is a prefix of the server's command. It shows the server, and all that it forks, a machine
that has little more than the interpreter.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

INSIDE = Path(__file__).with_name("inside")
MADE = ("/dev", "/proc")  # what bubblewrap makes anew

# what it says, and what helps
_MENDS = {
    "uid map": (
        "let it make user namespaces: give it the AppArmor profile bwrap-userns-restrict, "
        "or set the sysctl kernel.apparmor_restrict_unprivileged_userns to 0"
    ),
    "RTM_NEWADDR": (
        "let it make user namespaces: give it the AppArmor profile bwrap-userns-restrict, "
        "or set the sysctl kernel.apparmor_restrict_unprivileged_userns to 0"
    ),
    "new namespace": (
        "let it make user namespaces (the sysctls user.max_user_namespaces and "
        "kernel.unprivileged_userns_clone); in a container, that one may forbid it"
    ),
    "proc": "it cannot mount /proc here, as in most containers",
}


def name() -> str:
    """The wrapper of this system, "" if it has none."""
    return {"linux": "bubblewrap", "darwin": "sandbox-exec"}.get(sys.platform, "")


def program() -> str:
    """Where the wrapper of this system is, "" if it is not installed."""
    return shutil.which({"linux": "bwrap", "darwin": "sandbox-exec"}.get(sys.platform, "")) or ""


def command(
    program: str, read: Sequence[str], scratch: Path, *, network: bool, subprocess: bool
) -> tuple[str, ...]:
    """The prefix for a server that reads `read` and writes below `scratch`."""
    shown = [*read, str(INSIDE)]
    if sys.platform == "darwin":
        return (program, "-p", profile(shown, scratch, network=network, subprocess=subprocess))
    return (program, *_bubblewrap(shown, scratch, network=network, subprocess=subprocess), "--")


def _bubblewrap(
    read: Iterable[str], scratch: Path, *, network: bool, subprocess: bool
) -> list[str]:
    # not --die-with-parent: that is the thread which started it, and the server ends with its link
    found = ["--new-session", "--unshare-ipc", "--unshare-pid", "--unshare-uts"]
    found += ["--unshare-cgroup-try"]
    # as root no user namespace, in which there would be no other user to become
    found += ["--cap-add", "ALL"] if os.geteuid() == 0 else ["--unshare-user"]
    found += [] if network else ["--unshare-net"]
    found += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    # where multiprocessing has its locks, for whatever user its processes are of
    found += ["--perms", "1777", "--tmpfs", "/dev/shm"] if subprocess else []
    shown = [path for path in sorted(set(read)) if not path.startswith(MADE)]
    parents = {str(parent) for path in (*shown, str(scratch)) for parent in Path(path).parents}
    # each by itself, or bubblewrap closes those that it has to make to other users
    found += [each for parent in sorted(parents - {"/"}) for each in ("--dir", parent)]
    for path in shown:  # a folder before what lies in it
        found += ["--ro-bind-try", path, path]
    return [*found, "--bind", str(scratch), str(scratch), "--chdir", "/"]


def profile(read: Iterable[str], scratch: Path, *, network: bool, subprocess: bool) -> str:
    """The profile for sandbox-exec.

    The server forks and starts interpreters, so that this cannot be refused to what it runs.
    """
    readable = sorted({os.path.realpath(path) for path in read})
    lines = [
        "(version 1)",
        "(deny default)",
        '(import "system.sb")',
        "(allow process-fork)",
        "(allow process-info* (target same-sandbox))",
        "(allow signal (target same-sandbox))",
        "(allow sysctl-read)",
        "(allow file-read-metadata)",
        *(f"(allow file-read* (subpath {_quoted(path)}))" for path in readable),
        f"(allow file-read* file-write* (subpath {_quoted(os.path.realpath(scratch))}))",
        '(allow file-write-data (literal "/dev/null"))',
    ]
    if subprocess:
        lines.append("(allow process-exec*)")
    else:
        lines += [f"(allow process-exec* (subpath {_quoted(path)}))" for path in readable]
    if network:
        lines.append("(allow network*)")
    return "\n".join(lines)


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mend(error: str) -> str:
    """What helps against what the wrapper says, "" if that is not known."""
    return next((text for part, text in _MENDS.items() if part in error), "")
