"""Which files a confined test process may read: the interpreter, its packages, little else."""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

# nothing here tells of the user, or holds a secret
_SYSTEM = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share", "/nix/store"),
    *("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime", "/etc/timezone"),
    *("/etc/mime.types", "/etc/os-release", "/etc/services", "/etc/protocols"),
    *("/etc/passwd", "/etc/group", "/etc/nsswitch.conf"),
    *("/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/pki/tls/certs", "/etc/pki/ca-trust"),
    *("/sys/devices/system/cpu", "/dev/random", "/dev/urandom"),
)
_MAC = ("/System/Library", "/Library/Apple", "/usr/lib", "/usr/share", "/private/etc/ssl")
_MAC_DEVICES = ("/dev/random", "/dev/urandom")
_NETWORK = ("/etc/hosts", "/etc/resolv.conf", "/etc/host.conf", "/etc/gai.conf")
_PROGRAMS = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/libexec")
# a prefix that holds more than an interpreter stands for these of its folders
_PARTS = ("bin", "include", "lib", "lib64", "libexec", "local", "share", "pyvenv.cfg")
_SHARED = {Path("/"), Path("/usr"), Path("/usr/local")}


def read_paths(
    prefixes: Sequence[str],
    path: Sequence[str],
    root: Path,
    *,
    network: bool = False,
    subprocess: bool = False,
) -> list[str]:
    """What there is of it, for an interpreter with these prefixes and this sys.path.

    Never the project below `root`, where tests and held-out rows lie; an interpreter in there is
    readable. Links are given with what they lead to.
    """
    found = [*_SYSTEM] if sys.platform != "darwin" else [*_MAC, *_MAC_DEVICES]
    found += _NETWORK if network else ()
    found += _PROGRAMS if subprocess else ()
    interpreter = [part for prefix in prefixes for part in _parts(Path(prefix), root)]
    found += map(str, interpreter)
    for entry in map(Path, path):
        if not any(entry.is_relative_to(part) for part in interpreter) and _apart(entry, root):
            found.append(str(entry))
    return _existing(found)


def _parts(prefix: Path, root: Path) -> list[Path]:
    if prefix in _SHARED or root.is_relative_to(prefix):
        return [prefix / part for part in _PARTS]
    return [prefix]


def _apart(entry: Path, root: Path) -> bool:
    """Whether a folder of packages holds neither the project nor the user's home."""
    if entry.is_relative_to(root):
        return False
    return not any(place.is_relative_to(entry) for place in (root, Path.home()))


def _existing(paths: Iterable[str]) -> list[str]:
    there = [path for path in paths if os.path.exists(path)]  # noqa: PTH110 (closed ones are not)
    return list(dict.fromkeys([*there, *map(os.path.realpath, there)]))
