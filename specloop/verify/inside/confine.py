"""Confines this very process, layer by layer, to what its order allows.

Called when all of ours is imported, and before any code of the project runs. Each layer holds for
this process and all that it starts, and nothing takes one back.
"""

import os
import resource
import socket
import sys
from typing import Any

from . import kernel, landlock, seccomp, user

Order = dict[str, Any]
_OLD_TRUNCATION = 3  # the ABI of Landlock before which it lets files be cut short
_OLD_SIGNALS = 6  # the one before which it lets signals out


class Unconfined(Exception):
    """A layer that was ordered cannot be had; nothing must run here."""


def confine(order: Order) -> list[str]:
    """Apply the layers that are ordered; their names, in the order in which they were applied."""
    wanted = set(order["layers"])
    if unknown := wanted.difference(_LAYERS):
        raise Unconfined(f"no layer is named {min(unknown)!r}")
    if wanted.difference({"limits"}):
        _demand_one_thread()
        kernel.gain_nothing()
    layers = [name for name in _LAYERS if name in wanted]
    for name in layers:
        try:
            _LAYERS[name](order)
        except (OSError, ValueError) as error:
            raise Unconfined(f"{name}: {error}") from error
    return layers


def prepare(order: Order) -> None:
    """Do once what is the same for all runs, in the process that forks them.

    Of the order it takes `layers`, `network`, `subprocess` and `alone`.
    """
    if "seccomp" in order["layers"]:
        seccomp.program(kernel.machine(), os.getpid(), _opened(order))


def _demand_one_thread() -> None:
    """Landlock and capabilities belong to a thread: others that run would keep what they have."""
    if (number := len(os.listdir("/proc/self/task"))) > 1:  # noqa: PTH208 (a third of the time)
        raise Unconfined(f"{number} threads run already; only a process of one can be confined")


def _limits(order: Order) -> None:
    for name, wanted in order["limits"].items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (OSError, ValueError):
            if sys.platform != "darwin":  # which knows some of them by name only
                raise


def _user(order: Order) -> None:
    user.drop(order["uid"], order["gid"])


def _capabilities(_: Order) -> None:
    user.drop(os.getuid(), os.getgid())


def _landlock(order: Order) -> None:
    landlock.restrict(order["read"], order["write"], network=order["network"])


def _seccomp(order: Order) -> None:
    seccomp.install(seccomp.program(kernel.machine(), os.getpid(), _opened(order)))


def _opened(order: Order) -> seccomp.Opened:
    abi = landlock.abi() if "landlock" in order["layers"] else 0
    families = [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK] if order["network"] else []
    if order["subprocess"] and order["alone"]:
        families.append(socket.AF_UNIX)
    return seccomp.Opened(
        families=tuple(map(int, families)),
        processes=order["subprocess"],
        signals=order["subprocess"] and (order["alone"] or abi >= _OLD_SIGNALS),
        truncation=order["alone"] or abi >= _OLD_TRUNCATION,
        times="user" in order["layers"],
    )


_LAYERS = {
    "limits": _limits,
    "user": _user,
    "capabilities": _capabilities,
    "landlock": _landlock,
    "seccomp": _seccomp,
}
