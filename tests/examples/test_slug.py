"""The example `slug`, as its README shows it."""

import subprocess
import sys

from command_line import Folder, environment, specloop

# Pytest in a world without specloop.
PLAIN_PYTEST = "import sys; sys.modules['specloop'] = None; import pytest; sys.exit(pytest.main())"


def test_slug(tmp_path):
    slug = Folder(tmp_path / "my-slug")
    specloop("init", slug.root, "--example", "slug")
    ran = slug.specloop("run")
    assert ran.stdout.startswith("1 of 1 module passed")
    assert "9 of 12 tests passed; failed: test_V2_3, test_I2_V2_4, test_held_out_V2_3" in ran.stderr
    assert slug.subjects("specloop/slug") == ["slug: Turn a title into a URL slug"]
    trailers = slug.git("log", "-1", "--format=%(trailers)", "specloop/slug").splitlines()
    assert "Specloop-Attempts: 2" in trailers
    assert "Specloop-Tests: 12 passed, 4 held out" in trailers

    tip = slug.git("rev-parse", "specloop/slug")
    assert slug.specloop("run").stdout.startswith("Nothing to do: 1 module up to date")
    assert slug.git("rev-parse", "specloop/slug") == tip

    slug.specloop("accept")
    assert slug.git("status", "--porcelain") == ""
    tested = subprocess.run(
        [sys.executable, "-c", PLAIN_PYTEST],
        cwd=slug.root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout
    assert "12 passed" in tested.stdout
