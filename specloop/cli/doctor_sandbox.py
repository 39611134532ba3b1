"""What doctor says of the sandbox: which layers can be had, and whether they refuse what they must.

Both are found out by trying, with the interpreter of the tests.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from specloop.errors import RunnerUnavailable
from specloop.report.describe import count
from specloop.report.doctor_text import Check, State
from specloop.spec.settings import SandboxTable
from specloop.verify import sandbox
from specloop.verify.sandbox import Confinement
from specloop.verify.trial import Proof

_NONE = "none: nothing is closed to tests; a run wants --sandbox none as well"
_BASIC = "basic: limits on what tests use up; what else is closed, and what is not, stands below"
_LIMITS = {"memory", "file size"}  # what is promised at every level but none
_CONTAINER = "run specloop in a container or a virtual machine"
_MENDS = {
    "home": (
        "where it lies beside the interpreter of the tests, give them one of their own with "
        f"[project] python; else {_CONTAINER}"
    ),
    "memory": f"this system does not hold to that limit: {_CONTAINER} that does",
    "file size": f"this system does not hold to that limit: {_CONTAINER} that does",
}
_NOT_KEPT = f"this system does not keep its word; {_CONTAINER}"


def confinement(table: SandboxTable, python: Path, root: Path) -> list[Check]:
    """What a run would be confined by, and a check more for each attempt that was not refused."""
    if table.level == "none":
        return [Check("sandbox", State.TOLD, _NONE)]
    try:
        with _scratch(root) as scratch:
            found = sandbox.decide(table, python, scratch, root)
            proofs = sandbox.prove(found, python, scratch)
    except RunnerUnavailable as error:
        return [Check("sandbox", State.WRONG, str(error))]
    except OSError as error:
        text = f"cannot be tried: {error}"
        return [Check("sandbox", State.WRONG, text, "make room there, or mend its permissions")]
    promised = [proof for proof in proofs if found.level == "strong" or proof.name in _LIMITS]
    return [_held(table, found, proofs), *(_broken(each) for each in promised if not each.held)]


@contextmanager
def _scratch(root: Path) -> Iterator[Path]:
    """A folder for the trials, where runs have theirs if there is such a place already."""
    state = root / ".specloop"
    within = state if state.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="doctor-", dir=within) as folder:
        scratch = Path(folder)
        scratch.chmod(0o711)  # as those of runs are: another user comes through
        yield scratch


def _held(table: SandboxTable, found: Confinement, proofs: tuple[Proof, ...]) -> Check:
    around = f"; {found.outer} around the test server" if found.outer else ""
    possible = [proof.tried for proof in proofs if not proof.held]
    tried = f"{count(len(proofs), 'thing')} that tests must not do"
    lines = [
        _strong(found) if found.level == "strong" else _BASIC,
        f"layers: {', '.join(found.layers)}{around}",
        f"possible: {', '.join(possible)}" if possible else f"tried: {tried}, all in vain",
        *(f"missing: {each}" for each in found.missing),
    ]
    if found.level == "strong" or table.level == found.level:
        return Check("sandbox", State.OK, "\n".join(lines))
    remedy = f"mend one of what is missing, or {_CONTAINER}"
    return Check("sandbox", State.TOLD, "\n".join(lines), remedy)


def _strong(found: Confinement) -> str:
    doors = ((found.network, "use the network"), (found.subprocess, "start programs"))
    *most, last = ["reach your files", *(what for opened, what in doors if not opened)]
    may = " and ".join(what for opened, what in doors if opened)
    text = f"strong: tests cannot {' or '.join([', '.join(most), last]) if most else last}"
    return f"{text}; they may {may}" if may else text


def _broken(proof: Proof) -> Check:
    text = f"tests can {proof.tried}: {proof.note}"
    return Check("sandbox", State.WRONG, text, _MENDS.get(proof.name, _NOT_KEPT))
