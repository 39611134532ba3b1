"""Which level is had, what is said where one is missing, and what each run is ordered."""

import json
import os
import shlex
import sys
from pathlib import Path

import pytest

from specloop.errors import RunnerUnavailable
from specloop.spec.settings import SandboxTable
from specloop.verify import allowance, reach, sandbox
from specloop.verify.layout import RunFolder

PYTHON = Path(sys.executable)
ROOT = os.geteuid() == 0
linux = pytest.mark.skipif(sys.platform != "linux", reason="the layers are those of Linux")


def decide(tmp_path, python=PYTHON, **table):
    return sandbox.decide(SandboxTable(**table), python, tmp_path / "runs", tmp_path)


@pytest.fixture
def answering(tmp_path, monkeypatch):
    """An interpreter of tests on a machine where each layer has the fault that is given."""
    monkeypatch.setenv("PATH", "/nowhere")  # no wrapper

    def make(**faults):
        names = ("limits", "user", "capabilities", "landlock", "seccomp")
        answer = {
            "faults": {**dict.fromkeys(names, ""), **faults},
            "prefixes": ["/usr"],
            "path": [],
        }
        script = tmp_path / "python"
        script.write_text(f"#!/bin/sh\nread -r line\necho {shlex.quote(json.dumps(answer))}\n")
        script.chmod(0o755)
        return script

    return make


def test_none_confines_nothing(tmp_path):
    found = decide(tmp_path, level="none")
    assert (found.level, found.layers, found.owner) == ("none", (), None)
    assert not (tmp_path / "runs").exists()


def test_basic_sets_limits_and_nothing_else(tmp_path):
    found = decide(tmp_path, level="basic")
    assert (found.level, found.layers, found.outer) == ("basic", ("limits",), "")
    assert list((tmp_path / "runs").iterdir()) == []


@linux
def test_strong_by_the_kernel_alone(tmp_path, answering):
    found = decide(tmp_path, answering(), level="strong")
    powers = "user" if ROOT else "capabilities"
    assert found.layers == ("limits", powers, "landlock", "seccomp")
    assert found.level == "strong"
    assert found.owner == (sandbox.NOBODY if ROOT else None)


@linux
@pytest.mark.skipif(not ROOT, reason="only root becomes another user")
def test_root_keeps_its_id_where_nobody_cannot_reach_the_interpreter(tmp_path, answering):
    fault = "[Errno 13] Permission denied: '/root/.pyenv'"
    found = decide(tmp_path, answering(user=fault), level="strong")
    assert found.layers == ("limits", "capabilities", "landlock", "seccomp")
    assert found.owner is None
    assert found.missing[0].startswith(f"user: {fault}; tests keep our user id")


LANDLOCK = {
    "landlock: [Errno 38] Function not implemented": "use Linux 5.13 or later",
    "landlock: [Errno 95] Operation not supported": "add landlock to the list lsm=",
    "landlock: [Errno 1] Operation not permitted": "the container around us forbids it",
}


@linux
@pytest.mark.parametrize(("fault", "mend"), LANDLOCK.items())
def test_less_than_strong_says_what_is_missing_and_why(tmp_path, answering, fault, mend):
    python = answering(landlock=fault)
    found = decide(tmp_path, python)
    assert found.level == "basic"
    assert "seccomp" in found.layers, "what there is is used"
    assert found.missing[0].startswith(f"{fault}; {mend}")
    assert any(each.startswith("bubblewrap: it is not installed") for each in found.missing)
    with pytest.raises(RunnerUnavailable, match="'strong' cannot be had here: landlock: ") as told:
        decide(tmp_path, python, level="strong")
    assert fault in str(told.value)
    assert "bubblewrap" in str(told.value)


@linux
@pytest.mark.parametrize("level", ["auto", "basic", "strong"])
def test_without_limits_nothing_is_run_unasked(tmp_path, answering, level):
    python = answering(limits="limits: not allowed to raise maximum limit")
    with pytest.raises(RunnerUnavailable, match=r"not even by limits: .*`--sandbox none`"):
        decide(tmp_path, python, level=level)


def test_an_interpreter_that_does_not_run_is_told(tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no module named site' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(RunnerUnavailable, match="no module named site"):
        decide(tmp_path, broken)
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_scratch_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "runs").touch()
    with pytest.raises(RunnerUnavailable, match="cannot write into"):
        decide(tmp_path)


@linux
@pytest.mark.parametrize("wrapped", [True, False])
def test_every_layer_proves_itself(tmp_path, monkeypatch, wrapped):
    if not wrapped:
        monkeypatch.setenv("PATH", "/nowhere")
    found = decide(tmp_path)
    if found.level != "strong" or bool(found.outer) != wrapped:
        pytest.skip(f"this machine has no more: {found.missing}")
    proofs = sandbox.prove(found, PYTHON, tmp_path / "runs")
    assert {proof.name for proof in proofs} == {
        *("home", "read", "write", "chmod", "signal", "tcp", "udp", "process"),
        *("memory", "file size"),
    }
    assert [proof for proof in proofs if not proof.held] == []


@linux
def test_what_does_not_hold_is_seen(tmp_path):
    proofs = sandbox.prove(decide(tmp_path, level="basic"), PYTHON, tmp_path / "runs")
    held = {proof.name: proof.held for proof in proofs}
    assert held["memory"]
    assert held["file size"]
    assert not held["read"]
    assert not held["write"]
    assert not held["process"]
    assert {proof.note for proof in proofs if proof.name == "read"} == {"it was possible"}


def test_the_order_of_a_run(tmp_path):
    run = RunFolder(tmp_path)
    confinement = sandbox.Confinement(
        "strong", ("limits", "landlock"), outer="bubblewrap", read=("/usr/lib",), subprocess=True
    )
    order = confinement.order(run, 60, 512)
    assert order["read"] == ["/usr/lib", str(tmp_path / "pytest.ini")]
    writable = [str(run.project), str(run.home), str(run.tmp)]
    assert order["write"] == [*writable, "/dev/null", "/dev/zero", "/dev/full", "/dev/shm"]
    assert order["limits"]["RLIMIT_AS"] == 512 * 1024 * 1024
    assert (order["subprocess"], order["network"], order["alone"]) == (True, False, True)
    assert (order["uid"], order["gid"]) == (os.getuid(), os.getgid())
    assert confinement.kind.items() <= order.items()
    json.dumps(order)


def test_no_limits_where_none_are_had(tmp_path):
    order = sandbox.Confinement("none").order(RunFolder(tmp_path), 60, 512)
    assert (order["layers"], order["limits"]) == ([], {})


@linux
def test_tasks_are_limited_for_all_but_root():
    assert "RLIMIT_NPROC" not in allowance.limits(0, 60, 0)
    ours = allowance.limits(os.getuid() or 4711, 60, 0)["RLIMIT_NPROC"]
    assert ours >= allowance.TASKS


def test_limits_that_are_not_given_are_not_set():
    assert "RLIMIT_AS" not in allowance.limits(0, 60, 0)
    assert "RLIMIT_CPU" not in allowance.limits(0, 0, 512)


def test_no_variable_of_ours_reaches_the_tests(tmp_path):
    given = {"LANG": "C", "MODEL_API_KEY": "x", "PYTHONPATH": "/x", "PATH": "/bin", "HOME": "/x"}
    found = allowance.environment(Path("/venv/bin/python"), RunFolder(tmp_path), given)
    assert "MODEL_API_KEY" not in found
    assert "PYTHONPATH" not in found
    assert found["LANG"] == "C"
    assert found["PATH"] == os.pathsep.join(("/venv/bin", "/bin"))
    assert found["HOME"] == str(tmp_path / "home")
    assert found["OPENBLAS_NUM_THREADS"] == "1"


@pytest.fixture
def root(tmp_path):
    for folder in ("project/src", "project/.venv/lib", "project/lib", "packages", "more/project"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path / "project"


def test_the_project_is_not_readable_but_an_interpreter_in_it_is(root):
    path = [
        str(root),
        str(root / "src"),
        str(root.parent),
        str(root.parent / "packages"),
        "/",
        "/x",
    ]
    found = reach.read_paths([str(root / ".venv"), "/usr"], path, root)
    assert str(root / ".venv") in found
    assert str(root.parent / "packages") in found
    assert not {str(root), str(root / "src"), str(root.parent), "/", "/usr", "/x"} & set(found)


def test_an_interpreter_that_shares_the_projects_folder_is_its_parts(root):
    found = reach.read_paths([str(root)], [str(root / "lib/site-packages")], root)
    assert str(root / "lib") in found
    assert str(root) not in found


def test_the_users_home_is_never_readable_as_a_folder_of_packages(root, monkeypatch):
    monkeypatch.setenv("HOME", str(root.parent / "more/project"))
    found = reach.read_paths(["/usr"], [str(root.parent / "more")], root)
    assert str(root.parent / "more") not in found


def test_a_link_is_given_with_what_it_leads_to(root):
    (root.parent / "link").symlink_to(root.parent / "packages")
    found = reach.read_paths(["/usr"], [str(root.parent / "link")], root)
    assert {str(root.parent / "link"), os.path.realpath(root.parent / "packages")} <= set(found)


@linux
def test_what_is_opened_has_its_files(root):
    closed = set(reach.read_paths(["/usr/local"], [], root))
    opened = set(reach.read_paths(["/usr/local"], [], root, network=True, subprocess=True))
    assert closed < opened
    assert {"/bin", "/usr/bin"} <= opened - closed
    assert "/etc/shadow" not in opened
