"""What the server prepares for runs of pytest: used where it works, and never noticed."""

import subprocess
import sys
from pathlib import Path

import specloop.verify.inside

START = """
import sys
from importlib import util
from pathlib import Path
folder, place = sys.argv[1:]
spec = util.spec_from_file_location(
    "specloop_inside", folder + "/__init__.py", submodule_search_locations=[folder]
)
sys.modules[spec.name] = util.module_from_spec(spec)
import pytest
from specloop_inside.ahead import Ahead
ahead = Ahead()
"""


def prepared(place, code):
    """What a process prints that has an Ahead, and runs some code."""
    inside = str(Path(specloop.verify.inside.__file__).parent)
    command = [sys.executable, "-B", "-c", START + code, inside, str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_it_works_with_the_plugins_that_are_installed(tmp_path):
    code = "names = ahead.prepare(Path(place))\nprint(ahead.works, 'hypothesis' in names)"
    assert prepared(tmp_path, code) == ["True True"]


def test_a_trial_that_does_not_pass_switches_it_off(tmp_path):
    code = """
from specloop_inside import ahead as module
module._SUITE = "def test_a(): assert False"
ahead.prepare(Path(place))
print(ahead.works)
ahead.settle()
from _pytest import config
print(config.get_config.__module__)
"""
    assert prepared(tmp_path, code) == ["False", "_pytest.config"]


def test_a_pytest_without_what_is_replaced_is_left_alone(tmp_path):
    code = """
from _pytest import config
del config.get_config
ahead.prepare(Path(place))
print(ahead.works)
"""
    assert prepared(tmp_path, code) == ["False"]


def test_code_that_warns_is_not_rewritten_ahead(tmp_path):
    warns, clean = tmp_path / "test_warns.py", tmp_path / "test_clean.py"
    warns.write_text("def test_a(): assert (1, 'x')\n")
    clean.write_text("def test_a(): assert 1\n")
    code = f"""
ahead.prepare(Path(place))
ahead.rewrite({[str(warns), str(clean)]!r})
print(sorted(code.co_filename for code in ahead._code.values()))
"""
    assert prepared(tmp_path, code)[0].count("test_clean.py") == 1
    assert "test_warns.py" not in prepared(tmp_path, code)[0]
