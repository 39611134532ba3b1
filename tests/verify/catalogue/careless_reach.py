"""Modules that reach for what is not theirs: files, processes, the network.

Each has some constants of the surroundings it is tried in: HOME and PROJECT are folders with files
of the user's, NEIGHBOUR is a process, TCP and UDP are ports and UNIX is a socket of servers.
"""

from catalogue.entry import Entry, careless

_FREE = "passed|failed|aborted|resource"


def reaches(name: str, body: str, verdict: str = "failed", **fields: object) -> Entry:
    """A module that does what the body says in its function, and then returns 1."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    imports = "import os, pathlib, shutil, signal, socket, subprocess, sys, threading, time"
    code = f"{imports}\ndef work() -> int:\n{lines}\n    return 1\n"
    return careless(name, code, verdict, **fields)  # type: ignore[arg-type]


_FILES = [
    reaches("the home folder is deleted", "shutil.rmtree(HOME)"),
    reaches("the home folder is deleted, come what may", "shutil.rmtree(HOME, True)", _FREE),
    reaches("the project is deleted", "shutil.rmtree(PROJECT, True)", _FREE),
    reaches("files are emptied", "open(HOME + '/diary', 'w').close()"),
    reaches("files are emptied for reading", "os.open(HOME + '/diary', os.O_TRUNC)", _FREE),
    reaches("files are cut short", "os.truncate(HOME + '/diary', 1)"),
    reaches("a project's file is changed", "open(PROJECT + '/app.py', 'a').write('x')"),
    reaches("a file is made in the project", "open(PROJECT + '/new.py', 'w').close()"),
    reaches("a file is renamed", "os.rename(HOME + '/diary', HOME + '/gone')"),
    reaches("a file is moved here", "os.rename(HOME + '/diary', 'diary')"),
    reaches(
        "a link is written through",
        "os.link(HOME + '/diary', 'mine')\nopen('mine', 'w').close()",
    ),
    reaches(
        "a symbolic link is written through",
        "os.symlink(HOME + '/diary', 'mine')\nopen('mine', 'w').close()",
    ),
    reaches("modes are changed", "os.chmod(HOME + '/diary', 0)", _FREE),
    reaches("owners are changed", "os.chown(HOME + '/diary', os.getuid(), os.getgid())", _FREE),
    reaches("times are changed", "os.utime(HOME + '/diary', (1, 1))", _FREE),
    reaches("attributes are set", "os.setxattr(HOME + '/diary', 'user.x', b'y')"),
    reaches("a secret is read and told", "raise ValueError(open(HOME + '/secret').read())"),
    reaches(
        "secrets of the environment",
        "raise ValueError(*(p.read_bytes() for n in (os.getpid(), os.getppid())"
        " for p in [pathlib.Path(f'/proc/{n}/environ')]))",
    ),
    reaches("the folder of the run cannot be removed", "os.chmod('.', 0)", _FREE),
    reaches(
        "the folder of the run is gone",
        "shutil.rmtree(os.getcwd().partition('specloop')[1] and os.getcwd(), True)",
        _FREE,
    ),
    careless(
        "a link where the tests will write",
        """
        import os
        def work(folder: str = ".") -> int:
            os.symlink(HOME + "/diary", os.path.join(folder, "report.txt"))
            return 1
        """,
        "failed",
        "PermissionError|FileNotFoundError",
        rows="",
        tests={
            "tests/test_writes.py": """
from careless import work

def test_report(tmp_path):
    assert work(str(tmp_path)) == 1
    (tmp_path / "report.txt").write_text("done")
"""
        },
    ),
]
_PROCESSES = [
    reaches("the neighbour is killed", "os.kill(NEIGHBOUR, signal.SIGKILL)"),
    reaches(
        "the neighbour is killed by a descriptor",
        "signal.pidfd_send_signal(os.pidfd_open(NEIGHBOUR), signal.SIGKILL)",
    ),
    reaches("the neighbour is stopped", "os.kill(NEIGHBOUR, signal.SIGSTOP)"),
    reaches(
        "the neighbour is slowed down", "os.setpriority(os.PRIO_PROCESS, NEIGHBOUR, 19)", _FREE
    ),
    reaches(
        "the neighbour is moved",
        "os.sched_setaffinity(NEIGHBOUR, {min(os.sched_getaffinity(0))})",
        _FREE,
    ),
    reaches(
        "the neighbour gets limits",
        "import resource\nresource.prlimit(NEIGHBOUR, resource.RLIMIT_NOFILE, (5, 5))",
    ),
    reaches("the parent is killed", "os.kill(os.getppid(), signal.SIGKILL)"),
    reaches("the parent's group is killed", "os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)"),
    reaches("whoever can be signalled", "os.kill(-1, 0)", _FREE),
    reaches("the first process", "os.kill(1, 0)"),
    reaches("a fork", "os.fork() or os._exit(0)"),
    reaches("another program is run", "subprocess.run(['/bin/true'], check=True)"),
    reaches("a program by spawn", "os.posix_spawn('/bin/true', ['true'], {})"),
    reaches(
        "a program takes over", "os.execv('/bin/sh', ['sh', '-c', 'exit 0'])", "failed|aborted"
    ),
    reaches(
        "a fork bomb",
        "end = time.monotonic() + 3\n"
        "while time.monotonic() < end:\n"
        "    try:\n        os.fork()\n    except OSError:\n        time.sleep(0.01)\n",
        "resource|failed",
        subprocess=True,
        says="processes",
    ),
    reaches(
        "a thread bomb",
        "while True:\n    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
        "resource|failed",
        says="thread",
    ),
    reaches(
        "a daemon by two forks",
        "if not os.fork():\n    os.setsid()\n    if not os.fork():\n        time.sleep(999)\n"
        "    os._exit(0)",
        _FREE,
        subprocess=True,
    ),
    reaches(
        "a daemon that leaves its session, its folder and its streams",
        "subprocess.Popen(['/bin/sleep', '999'], start_new_session=True, cwd='/', "
        "stdin=-3, stdout=-3, stderr=-3)",
        _FREE,
        subprocess=True,
    ),
    reaches(
        "nohup",
        "os.system('nohup sleep 999 >/dev/null 2>&1 &')",
        _FREE,
        subprocess=True,
    ),
    reaches(
        "children that will not end",
        "for _ in range(5):\n    if not os.fork():\n        signal.signal(signal.SIGTERM, "
        "signal.SIG_IGN)\n        time.sleep(999)",
        _FREE,
        subprocess=True,
    ),
]
_NETWORK = [
    reaches("TCP", "socket.create_connection(('127.0.0.1', TCP)).sendall(b'x')"),
    reaches(
        "UDP",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP))",
    ),
    reaches(
        "a Unix socket",
        "s = socket.socket(socket.AF_UNIX)\ns.connect(UNIX)\ns.sendall(b'x')",
    ),
    reaches("a name is looked up", "socket.getaddrinfo('name.invalid', 80)"),
    reaches("a server", "socket.create_server(('127.0.0.1', 0)).listen()"),
    reaches(
        "HTTP",
        "import urllib.request\nurllib.request.urlopen(f'http://127.0.0.1:{TCP}/', timeout=5)",
    ),
    reaches(
        "asyncio",
        "import asyncio\nasync def go():\n    await asyncio.open_connection('127.0.0.1', TCP)\n"
        "asyncio.run(go())",
    ),
]
_STATE = [
    reaches("all descriptors are closed", "os.closerange(0, 1024)", "failed|aborted|passed"),
    reaches("streams are gone", "sys.stdout = sys.stderr = sys.__stdout__ = None", _FREE),
    reaches("another folder", "os.chdir('/')", _FREE),
    reaches("a umask", "os.umask(0o777)\nopen('x', 'w').close()\nos.mkdir('d')", _FREE),
    reaches("a recursion limit", "sys.setrecursionlimit(50)", _FREE),
    reaches("limits", "import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))", _FREE),
    reaches(
        "a locale and a time zone",
        "import locale\nos.environ['TZ'] = 'X-9'\ntime.tzset()\nlocale.setlocale(0, 'C')",
        _FREE,
    ),
    reaches(
        "names with line ends", "os.mkdir('a\\nb')\nopen('a\\nb/\\x1b[2J', 'w').close()", _FREE
    ),
    reaches(
        "codes for the terminal", "print('\\x1b[2J\\x1b]0;x\\x07')\nraise ValueError('\\x1b[2J')"
    ),
    reaches("no environment", "os.environ.clear()", _FREE),
]
ENTRIES = [*_FILES, *_PROCESSES, *_NETWORK, *_STATE]
