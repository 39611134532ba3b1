"""The filter of system calls: as a program for each machine, and in force on this one."""

import errno
import platform
import re
import socket
import struct
import sys
from pathlib import Path

import pytest
from confined_process import confined

from specloop.verify.inside import seccomp, syscalls

PID = 4711
EPERM, ENOSYS, DONE, ALLOWED = errno.EPERM, errno.ENOSYS, 0, None
TABLES = {"x86_64": syscalls.X86_64, "aarch64": syscalls.AARCH64}
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
CLOSED = seccomp.Opened()
linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in TABLES,
    reason="there is no filter for this machine",
)


def answer(program, machine, number, *arguments):
    """What a filter says to a call: an error number, or None; runs it as the kernel would."""
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    data = struct.pack("<IIQ6Q", number & 0xFFFFFFFF, ARCHITECTURES[machine], 0, *padded)
    code = list(struct.iter_unpack("<HBBI", program))
    accumulator = at = 0
    while True:
        kind, yes, no, value = code[at]
        at += 1
        if kind == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif kind == 0x54:
            accumulator &= value
        elif kind == 0x15:
            at += yes if accumulator == value else no
        elif kind == 0x25:
            at += yes if accumulator > value else no
        elif kind == 0x05:
            at += value
        elif kind == 0x06:
            return None if value == 0x7FFF0000 else value & 0xFFFF
        else:
            raise AssertionError(f"no instruction has the code {kind:#x}")


SIGNALS = seccomp.Opened(processes=True, signals=True)
PROCESSES = seccomp.Opened(processes=True)
NETWORK = seccomp.Opened(families=(2, 10))
OLD = seccomp.Opened(truncation=False)
TIMES = seccomp.Opened(times=False)
THREAD, FORK, NEW_USER = 0x3D0F00, 0x1200011, 0x10000000
ACCESS, TRUNCATE = 0o2, 0o1000
CASES = [
    ("socket", (2, 1), CLOSED, EPERM),
    ("socket", (1, 1), NETWORK, EPERM),
    ("socket", (10, 2), NETWORK, ALLOWED),
    ("socketpair", (1, 1 | 0o2000000), CLOSED, ALLOWED),
    ("socketpair", (1, 2), CLOSED, EPERM),
    ("socketpair", (2, 1), NETWORK, EPERM),
    ("fork", (), CLOSED, EPERM),
    ("fork", (), PROCESSES, ALLOWED),
    ("clone", (THREAD,), CLOSED, ALLOWED),
    ("clone", (FORK,), CLOSED, EPERM),
    ("clone", (FORK,), PROCESSES, ALLOWED),
    ("clone", (FORK | NEW_USER,), PROCESSES, EPERM),
    ("clone3", (), PROCESSES, ENOSYS),
    ("execve", (), CLOSED, EPERM),
    ("execveat", (), PROCESSES, ALLOWED),
    ("kill", (PID, 9), CLOSED, ALLOWED),
    ("kill", (PID + 1, 0), CLOSED, EPERM),
    ("kill", (0xFFFFFFFFFFFFFFFF, 0), PROCESSES, EPERM),
    ("kill", (PID + 1, 9), SIGNALS, ALLOWED),
    ("tgkill", (PID, 5, 6), CLOSED, ALLOWED),
    ("tgkill", (1, 1, 9), CLOSED, EPERM),
    ("tkill", (1, 9), CLOSED, EPERM),
    ("pidfd_open", (PID,), CLOSED, EPERM),
    ("pidfd_send_signal", (3, 9), CLOSED, EPERM),
    ("prlimit64", (0, 7), CLOSED, ALLOWED),
    ("prlimit64", (PID, 7), CLOSED, ALLOWED),
    ("prlimit64", (1, 7), CLOSED, EPERM),
    ("setpriority", (0, 0, 19), CLOSED, ALLOWED),
    ("setpriority", (0, PID + 1, 19), CLOSED, EPERM),
    ("setpriority", (2, 0, 19), SIGNALS, EPERM),
    ("ioprio_set", (1, PID), CLOSED, ALLOWED),
    ("ioprio_set", (3, 0), CLOSED, EPERM),
    ("fcntl", (3, 4), CLOSED, ALLOWED),
    ("fcntl", (3, 8), CLOSED, EPERM),
    ("ioctl", (0, 0x5401), CLOSED, ALLOWED),
    ("ioctl", (0, 0x5412), CLOSED, EPERM),
    ("fchmod", (3, 0o777), SIGNALS, DONE),
    ("fchmodat", (), CLOSED, DONE),
    ("fchownat", (), CLOSED, EPERM),
    ("mknodat", (3, 0, 0o010600), CLOSED, ALLOWED),
    ("mknodat", (3, 0, 0o060600), CLOSED, EPERM),
    ("openat", (3, 0, TRUNCATE), CLOSED, ALLOWED),
    ("openat", (3, 0, TRUNCATE), OLD, EPERM),
    ("openat", (3, 0, TRUNCATE | ACCESS), OLD, ALLOWED),
    ("truncate", (), OLD, EPERM),
    ("utimensat", (3, 0, 0x7FFF0000), CLOSED, ALLOWED),
    ("utimensat", (3, 0, 0x7FFF0000), TIMES, DONE),
    ("utimensat", (3, 0, 0), TIMES, EPERM),
    ("utimes", (3, 0), TIMES, DONE),
    ("memfd_create", (), CLOSED, ENOSYS),
    ("io_uring_setup", (), SIGNALS, ENOSYS),
    ("unshare", (), SIGNALS, EPERM),
    ("ptrace", (), SIGNALS, EPERM),
]


@pytest.mark.parametrize("machine", TABLES)
@pytest.mark.parametrize(("name", "arguments", "opened", "expected"), CASES)
def test_answers(machine, name, arguments, opened, expected):
    if name not in TABLES[machine]:
        pytest.skip(f"{machine} has no {name}")
    program = seccomp.program(machine, PID, opened)
    assert answer(program, machine, TABLES[machine][name], *arguments) == expected


@pytest.mark.parametrize("machine", TABLES)
def test_what_is_not_listed_is_allowed_and_what_is_newer_unknown(machine):
    program = seccomp.program(machine, PID, CLOSED)
    others = set(range(syscalls.NEWEST + 1)) - set(TABLES[machine].values())
    assert {answer(program, machine, number) for number in others} == {ALLOWED}
    for number in (syscalls.NEWEST + 1, 0x40000000 | 41, -1):
        assert answer(program, machine, number, 2, 1) == ENOSYS


@pytest.mark.parametrize("machine", TABLES)
def test_another_architecture_has_no_calls(machine):
    program = seccomp.program(machine, PID, CLOSED)
    other = next(name for name in TABLES if name != machine)
    assert {answer(program, other, number) for number in range(500)} == {EPERM}


def test_a_machine_without_a_table_is_named():
    with pytest.raises(ValueError, match="'riscv64'"):
        seccomp.program("riscv64", PID, CLOSED)


@pytest.mark.parametrize(
    ("table", "header"),
    [
        (syscalls.X86_64, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
        (syscalls.AARCH64, "/usr/include/asm-generic/unistd.h"),
    ],
)
def test_numbers_are_those_of_the_kernel(table, header):
    if not Path(header).exists():
        pytest.skip(f"{header} is not installed")
    defined = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", Path(header).read_text())
    known = {name: int(number) for name, number in defined}
    unknown = table.keys() - known.keys()
    assert {name: table[name] for name in table.keys() - unknown} == {
        name: known[name] for name in table.keys() - unknown
    }
    assert unknown <= {"fchmodat2"}, "younger than this machine's headers"


ORDER = {"layers": ["seccomp"], "network": False, "subprocess": False, "alone": False}


@linux
def test_each_call_is_refused_by_this_kernel():
    """Those that are refused whatever is passed; zeros here, with which none does harm."""
    body = """
    import platform
    numbers = {"x86_64": syscalls.X86_64, "aarch64": syscalls.AARCH64}[platform.machine()]
    wrong = {}
    for rule in (*seccomp._ALWAYS, *seccomp._PROCESSES):
        for name in rule.calls.split():
            if name in numbers and rule.values is None:
                found = refusal(lambda: kernel.call(numbers[name], 0, 0, 0, 0))
                if found != (errno.errorcode[rule.error] if rule.error else ""):
                    wrong[name] = found
    tell(wrong=wrong)
    """
    assert confined(ORDER, body) == {"wrong": {}}


@linux
def test_code_is_refused_what_it_could_do_harm_with(tmp_path):
    file = tmp_path / "file"
    file.touch(0o600)
    body = """
    os.chmod(given["file"], 0o777)
    tell(
        tcp=refusal(lambda: socket.socket()),
        udp=refusal(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
        unix=refusal(lambda: socket.socket(socket.AF_UNIX)),
        fork=refusal(os.fork),
        program=refusal(lambda: subprocess.run(["true"])),
        replaced=refusal(lambda: os.execv("/nowhere", ["x"])),
        parent=refusal(lambda: os.kill(os.getppid(), 0)),
        everyone=refusal(lambda: os.kill(-1, 0)),
        owner=refusal(lambda: os.chown(given["file"], 1, 1)),
        attribute=refusal(lambda: os.setxattr(given["file"], "user.a", b"b")),
    )
    """
    told = confined(ORDER, body, file=str(file))
    assert set(told.values()) == {"EPERM"}
    assert file.stat().st_mode & 0o777 == 0o600


@linux
def test_honest_code_does_not_notice(tmp_path):
    body = """
    import threading
    from concurrent.futures import ThreadPoolExecutor

    async def count():
        reading = asyncio.to_thread(threading.get_ident)
        return len({await reading, threading.get_ident()})

    place = pathlib.Path(given["place"])
    (place / "a").write_text("x")
    shutil.copy2(place / "a", place / "b")
    shutil.copytree(place, place / "tree", ignore=shutil.ignore_patterns("tree"))
    (place / "b").touch()
    one, other = socket.socketpair()
    one.sendall(b"x")
    got = []
    signal.signal(signal.SIGUSR1, lambda *_: got.append("kill"))
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    with ThreadPoolExecutor(4) as pool:
        total = sum(pool.map(int, "123"))
    tell(threads=asyncio.run(count()), read=other.recv(1).decode(), got=got, total=total)
    """
    told = confined(ORDER, body, place=str(tmp_path))
    assert told == {"threads": 2, "read": "x", "got": ["kill", "kill"], "total": 6}
    assert (tmp_path / "tree/a").read_text() == "x"


@linux
def test_programs_and_network_where_they_are_opened():
    body = """
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    tell(
        printed=subprocess.run(["echo", "x"], capture_output=True, text=True).stdout,
        unix=refusal(lambda: socket.socket(socket.AF_UNIX)),
        space=refusal(lambda: kernel.call(seccomp.X86_64["unshare"], 0x10000000)),
    )
    """
    told = confined({**ORDER, "network": True, "subprocess": True}, body)
    assert told.pop("printed") == "x\n"
    assert set(told.values()) == {"EPERM"}


@linux
@pytest.mark.parametrize(("alone", "expected"), [(False, "EPERM"), (True, "")])
def test_children_can_be_ended_where_nothing_else_can(alone, expected):
    body = """
    child = os.fork()
    if not child:
        kernel.prctl(1, signal.SIGKILL)
        signal.pause()
    tell(
        ended=refusal(lambda: os.kill(child, signal.SIGKILL)),
        unix=refusal(lambda: socket.socket(socket.AF_UNIX).close()),
    )
    """
    told = confined({**ORDER, "subprocess": True, "alone": alone}, body)
    assert told == {"ended": expected, "unix": expected}


@linux
@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86_64 has the old calls")
def test_the_calls_of_32_bits_are_no_way_around():
    body = """
    # mov eax, 20 (getpid); int 0x80; ret
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))
    place = ctypes.addressof(ctypes.c_char.from_buffer(code))
    tell(
        old=ctypes.CFUNCTYPE(ctypes.c_int)(place)(),
        x32=refusal(lambda: kernel.call(0x40000000 | 39)),
    )
    """
    assert confined(ORDER, body) == {"old": -EPERM, "x32": "ENOSYS"}


@linux
def test_families_are_those_of_this_system():
    assert NETWORK.families == (socket.AF_INET, socket.AF_INET6)
