"""What lies around a run that careless code could reach, and whether it is as it was."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SECRET = "canary-5b1f0c"
FILES = {
    "home/diary": "Dear diary",
    "home/secret": SECRET,
    "home/.ssh/config": "Host *",
    "project/app.py": "x = 1\n",
    "project/docs/index.md": "# Docs\n",
}
_WAITS = "import sys; sys.stdin.read()"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A home, a project, a process and servers, all of the test's own."""

    place: Path
    neighbour: subprocess.Popen[bytes]
    servers: tuple[socket.socket, ...]

    @property
    def project(self) -> Path:
        """The root of the project whose runs are made in it."""
        return self.place / "project"

    @property
    def constants(self) -> str:
        """How a module is told where they are."""
        tcp, udp, unix = (server.getsockname() for server in self.servers)
        return (
            f"HOME = {str(self.place / 'home')!r}\nPROJECT = {str(self.project)!r}\n"
            f"NEIGHBOUR = {self.neighbour.pid}\nTCP = {tcp[1]}\nUDP = {udp[1]}\nUNIX = {unix!r}\n"
        )

    def state(self) -> dict[str, object]:
        """All that must stay as it is."""
        pid = self.neighbour.pid
        return {
            **self._files(),
            "the neighbour": self.neighbour.poll(),
            "its state": Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0],
            "its priority": os.getpriority(os.PRIO_PROCESS, pid),
            "its processors": os.sched_getaffinity(pid),
            "its limits": Path(f"/proc/{pid}/limits").read_text(),
            "called": [number for number, server in enumerate(self.servers) if _called(server)],
        }

    def _files(self) -> dict[str, object]:
        found: dict[str, object] = {}
        for folder, folders, files in os.walk(self.place):
            folders[:] = [name for name in folders if name != ".specloop"]
            for path in (Path(folder, name) for name in (*folders, *files)):
                if path != self.project and not path.is_socket():
                    found[path.relative_to(self.place).as_posix()] = _about(path)
        return found

    def left_since(self, before: set[str]) -> set[str]:
        """What a run has left behind, given `left` of before; a supervisor may be about to end."""
        deadline = time.monotonic() + 5
        while (found := self.left() - before) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def left(self) -> set[str]:
        """Folders and processes of runs."""
        runs = self.project / ".specloop" / "runs"
        mark = str(runs).encode()
        found = {str(path) for path in runs.glob("*")}
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                inside = mark in (entry / "environ").read_bytes()
                if inside or str(runs) in str((entry / "cwd").readlink()):
                    found.add(_told(entry))
        return found


def _about(path: Path) -> tuple[object, ...]:
    found = path.lstat()
    content = path.read_bytes() if path.is_file() else None
    attributes = os.listxattr(path, follow_symlinks=False)
    return found.st_mode, found.st_uid, found.st_nlink, found.st_mtime_ns, attributes, content


def _told(process: Path) -> str:
    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return f"{process.name}: {command[:200]}"


def _called(server: socket.socket) -> bool:
    server.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        if server.type == socket.SOCK_DGRAM:
            server.recvfrom(9)
        else:
            server.accept()[0].close()
        return True
    return False


@contextlib.contextmanager
def surroundings() -> Iterator[Surroundings]:
    """Fresh ones, which anyone may write to: nothing but the sandbox is to keep them safe."""
    place = Path(tempfile.mkdtemp(prefix="surroundings-")).resolve()
    try:
        for name, text in FILES.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
        with contextlib.ExitStack() as stack:
            servers = _servers(place, stack)
            for path in (place, *place.rglob("*")):
                path.chmod(0o777)
            neighbour = subprocess.Popen([sys.executable, "-c", _WAITS], stdin=subprocess.PIPE)
            stack.callback(_end, neighbour)
            yield Surroundings(place, neighbour, servers)
    finally:
        subprocess.run(["rm", "-rf", str(place)], check=False)  # however deep it is


def _servers(place: Path, stack: contextlib.ExitStack) -> tuple[socket.socket, ...]:
    tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    udp.bind(("127.0.0.1", 0))
    unix = stack.enter_context(socket.socket(socket.AF_UNIX))
    unix.bind(str(place / "socket"))
    unix.listen()
    return tcp, udp, unix


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGCONT)
    process.kill()
    process.communicate()
