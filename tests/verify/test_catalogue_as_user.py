"""The catalogue as a plain user, where it is run as root."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from catalogue.contents import CARELESS, GAMING, HONEST, SHARE

USER = 61234  # of no one
HERE = Path(__file__).parent
PARTS = ("careless", "gaming", "honest")


@pytest.fixture
def own_folder():
    folder = Path(tempfile.mkdtemp(prefix="plain-"))
    os.chown(folder, USER, USER)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="is run as root")
def test_a_share_of_the_catalogue_as_a_plain_user(own_folder):
    root = HERE.parents[1]
    files = [str(HERE / f"test_catalogue_{part}.py") for part in PARTS]
    pytest_command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"]
    script = [sys.executable, str(HERE / "catalogue" / "as_user.py"), str(USER), str(root), "--"]
    done = subprocess.run(
        [*script, *pytest_command, f"--basetemp={own_folder / 'tests'}", *files],
        cwd=root,
        env={**os.environ, "HOME": str(own_folder), "TMPDIR": str(own_folder), SHARE: "2/3"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if "mount namespace" in done.stdout and "PermissionError" in done.stdout:
        pytest.skip("the interpreter can be read by root alone, and mounting is not allowed")
    assert done.returncode == 0, done.stdout[-9000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed[1]) > 0.3 * len((*CARELESS, *GAMING, *HONEST)), done.stdout[-3000:]
