"""How test processes are confined here: found out once, by trying, and ordered for each run.

"strong" means that the code can neither read the user's files nor write outside the folder of its
run, and uses neither network nor programs that [sandbox] does not open, whatever layer sees to it.
"basic" sets limits, "none" nothing. At each the environment is scrubbed, and the process ends with
its whole family.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from specloop.errors import RunnerUnavailable
from specloop.spec.settings import SandboxTable
from specloop.verify import trial, wrapper
from specloop.verify.allowance import limits
from specloop.verify.layout import RunFolder
from specloop.verify.reach import read_paths
from specloop.verify.trial import Place, Proof

NOBODY = (65534, 65534)
TRIAL_SECONDS, TRIAL_MB = 60, 1024
DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
SHARED_MEMORY = "/dev/shm"  # where multiprocessing has its locks

NOTHING = (
    "tests cannot be confined here, not even by limits: {why}; "
    "run specloop in a container or a virtual machine, with `--sandbox none` there"
)
TOO_LITTLE = (
    "[sandbox] level 'strong' cannot be had here: {why}; "
    "mend one of these, or set the level to 'auto' and run specloop in a container"
)
MENDS = {  # by layer, and by what the kernel says
    "landlock": {
        "Function not implemented": "use Linux 5.13 or later",
        "not supported": "add landlock to the list lsm= of the kernel's command line",
        "not permitted": "the container around us forbids it; renew its seccomp profile",
    },
    "user": {
        "Permission denied": "tests keep our user id without its powers; to mend that, put the "
        "project and its interpreter where the user nobody can read them",
    },
}

Order = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Confinement:
    """What holds for every run: `layers` inside the test process, `outer` around the server.

    `prefix` is what the server's command starts with. `owner` is the user and group who must own
    what a run may write, None for our own. `missing` says what cannot be had, why, and what helps;
    also at level "strong", where something else stands in for it.
    """

    level: str
    layers: tuple[str, ...] = ()
    outer: str = ""
    prefix: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    network: bool = False
    subprocess: bool = False
    owner: tuple[int, int] | None = None
    missing: tuple[str, ...] = ()

    @property
    def kind(self) -> Order:
        """What is the same in the orders of all runs, for `confine.prepare`."""
        return {
            "layers": list(self.layers),
            "network": self.network,
            "subprocess": self.subprocess,
            "alone": bool(self.outer),
        }

    def order(self, run: RunFolder, seconds: int, memory_mb: int) -> Order:
        """What the process of one run is to apply to itself."""
        write = [str(run.project), str(run.home), str(run.tmp)]
        order = self._order(write, seconds, memory_mb)
        order["read"].append(str(run.path / "pytest.ini"))  # pytest looks for its settings so far
        return order

    def trial(self, place: Place) -> Order:
        """What the process of a trial is to apply to itself."""
        return self._order([str(place.folder)], TRIAL_SECONDS, TRIAL_MB)

    def _order(self, write: list[str], seconds: int, memory_mb: int) -> Order:
        uid, gid = self.owner or (os.getuid(), os.getgid())
        shared = [SHARED_MEMORY] if self.subprocess else []
        return {
            **self.kind,
            "limits": limits(uid, seconds, memory_mb) if "limits" in self.layers else {},
            "read": list(self.read),
            "write": [*write, *DEVICES, *shared],
            "uid": uid,
            "gid": gid,
        }


def decide(table: SandboxTable, python: Path, scratch: Path, root: Path) -> Confinement:
    """The best of what `table` allows that works here; RunnerUnavailable if it is too little.

    `python` is the interpreter of the tests, `scratch` holds the folders of all runs.
    """
    privileged = os.name == "posix" and os.geteuid() == 0
    blank = Confinement(
        "none",
        layers=_candidates(table.level, privileged=privileged),
        network=table.network,
        subprocess=table.subprocess,
        owner=NOBODY if privileged else None,
    )
    if table.level == "none":
        return replace(blank, owner=None)
    if os.name != "posix":
        raise RunnerUnavailable(NOTHING.format(why=f"{sys.platform} has no resource limits"))
    scratch, root = scratch.resolve(), root.resolve()
    with trial.place(scratch, blank.owner) as place:
        attempt = _Attempt(python, scratch, root, place)
        try:
            found = attempt.of(blank)
        except trial.Failed as error:
            raise RunnerUnavailable(NOTHING.format(why=f"{str(python)!r} says: {error}")) from error
        if "limits" not in found.layers:
            raise RunnerUnavailable(NOTHING.format(why="; ".join(found.missing)))
        if table.level != "basic":
            found = attempt.wrapped(blank, found)
    if table.level == "strong" and found.level != "strong":
        raise RunnerUnavailable(TOO_LITTLE.format(why="; ".join(found.missing)))
    return found


def _candidates(level: str, *, privileged: bool) -> tuple[str, ...]:
    if level == "none":
        return ()
    if level == "basic" or sys.platform != "linux":
        return ("limits",)
    user = ("user",) if privileged else ()
    return ("limits", *user, "capabilities", "landlock", "seccomp")


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Finds out what works of a confinement, for this interpreter and these folders."""

    python: Path
    scratch: Path
    root: Path
    place: Place

    def of(self, blank: Confinement) -> Confinement:
        """`blank` with those of its layers that work; trial.Failed if nothing runs that way."""
        request = {
            "what": "layers",
            "order": blank.trial(self.place),
            "folder": str(self.place.folder),
            "outside": str(self.place.outside),
        }
        answer = trial.ask(blank.prefix, self.python, request)
        faults: dict[str, str] = answer["faults"]
        layers = [name for name in blank.layers if not faults[name]]
        if "user" in layers and "capabilities" in layers:  # another user has none
            layers.remove("capabilities")
        return replace(
            blank,
            level=_level(layers, blank.outer),
            layers=tuple(layers),
            read=tuple(self._readable(answer, blank)),
            owner=blank.owner if "user" in layers else None,
            missing=tuple(_explained(name, fault) for name, fault in faults.items() if fault),
        )

    def _readable(self, answer: dict[str, list[str]], blank: Confinement) -> list[str]:
        libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
        return read_paths(
            answer["prefixes"],
            [*answer["path"], *filter(os.path.isabs, libraries)],
            self.root,
            network=blank.network,
            subprocess=blank.subprocess,
        )

    def wrapped(self, blank: Confinement, plain: Confinement) -> Confinement:
        """`blank` behind this system's wrapper if that works, else `plain`, which says why not."""
        name, program = wrapper.name(), wrapper.program()
        if not name:
            return plain
        fault = "it is not installed; install it with the system's packages"
        if program:
            prefix = wrapper.command(
                program,
                plain.read,
                self.scratch,
                network=plain.network,
                subprocess=plain.subprocess,
            )
            try:
                return self.of(replace(blank, outer=name, prefix=prefix))
            except trial.Failed as error:
                fault = "; ".join(filter(None, (str(error), wrapper.mend(str(error)))))
        return replace(plain, missing=(*plain.missing, f"{name}: {fault}"))


def _level(layers: Sequence[str], outer: str) -> str:
    if outer == "sandbox-exec":
        return "strong"
    powerless = "user" in layers or "capabilities" in layers
    # what stands around the server keeps runs from the user's files, but not from one another
    return "strong" if powerless and {"landlock", "seccomp"} <= {*layers} else "basic"


def _explained(name: str, fault: str) -> str:
    """A layer that cannot be had, why, and what helps if that is known."""
    told = fault if fault.startswith(f"{name}: ") else f"{name}: {fault}"
    mends = (text for part, text in MENDS.get(name, {}).items() if part in fault)
    return "; ".join((told, *mends))


def prove(confinement: Confinement, python: Path, scratch: Path) -> tuple[Proof, ...]:
    """Try in a process that is confined like a run's what it must not be able to do."""
    with trial.place(scratch.resolve(), confinement.owner) as place:
        request = {
            "what": "proofs",
            "order": confinement.trial(place),
            "folder": str(place.folder),
            "outside": str(place.outside),
            "home": str(_file_in(Path.home())),
        }
        try:
            answer = trial.ask(confinement.prefix, python, request)
        except trial.Failed as error:
            raise RunnerUnavailable(
                f"the sandbox cannot be tried with {str(python)!r}: {error}; "
                "mend [project] python, or delete .specloop/venv to have it made anew"
            ) from error
    return tuple(
        Proof(each["name"], each["tried"], not each["fault"], each["fault"]) for each in answer
    )


def _file_in(home: Path) -> Path:
    """A file that the user keeps there, the folder itself if there is none."""
    try:
        return next((each for each in sorted(home.iterdir()) if each.is_file()), home)
    except OSError:
        return home
