"""An interpreter of tests on a machine whose layers have the faults that a test gives it."""

import json
import os
import shlex
import shutil

LAYERS = ("limits", "user", "capabilities", "landlock", "seccomp")
TRIED = {
    "read": "read a file beside the folder of the run",
    "memory": "take 1024 MB of memory more",
}

SCRIPT = """\
#!/bin/sh
read -r line
case "$line" in
*'"proofs"'*) echo {proofs} ;;
*) echo {layers} ;;
esac
"""


def install(root, faults=(), possible=()):
    """Have project.toml name such an interpreter, which is below `root`.

    `faults` are by the name of a layer; `possible` are the names of what is not refused.
    """
    layers = {"faults": dict.fromkeys(LAYERS, "") | dict(faults), "prefixes": ["/usr"], "path": []}
    proofs = [
        {"name": name, "tried": tried, "fault": "it was possible" if name in possible else ""}
        for name, tried in TRIED.items()
    ]
    given = {"layers": shlex.quote(json.dumps(layers)), "proofs": shlex.quote(json.dumps(proofs))}
    (root / "python").write_text(SCRIPT.format(**given))
    (root / "python").chmod(0o755)
    toml = (root / "project.toml").read_text()
    (root / "project.toml").write_text(toml.replace("[project]", '[project]\npython = "python"', 1))


def path_without_wrapper(folder):
    """A PATH on which git is, and nothing that could stand around a test server."""
    folder.mkdir()
    for name in ("git", "sh"):
        (folder / name).symlink_to(shutil.which(name))
    return os.fspath(folder)
