import pytest

from specloop.verify.opinion.surroundings import conftest_prepares

TESTS = "tests/spec/test_slug.py"
QUIET = b'''
"""Fixtures for whoever asks."""
import os
import pytest
from app.models import make

URL: str = "sqlite://"

@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    return make(URL, os.getpid())

@pytest.fixture(autouse=False)
def asked():
    yield

def pytest_addoption(parser):
    parser.addoption("--slow")

def pytest_configure(config):
    """Markers."""
    config.addinivalue_line("markers", "slow: takes long")
'''


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"conftest.py": QUIET, "tests/conftest.py": QUIET, "app/models.py": b"def make(): ..."},
        {"tests/other/conftest.py": b"import os\nos.environ['A'] = 'b'"},
        {"pytest.ini": b"[pytest]\npythonpath = .\nasyncio_mode = auto\n"},
        {"pyproject.toml": b"[tool.pytest.ini_options]\naddopts = '-q'\n[tool.env]\nx = 1\n"},
    ],
)
def test_what_tests_have_to_ask_for_prepares_nothing(files):
    assert not conftest_prepares(files, TESTS)


PREPARING = [
    b"import pytest\n@pytest.fixture(autouse=True)\ndef db(): yield",
    b"import pytest\nALWAYS = True\n@pytest.fixture(autouse=ALWAYS)\ndef db(): yield",
    b"import os\nos.environ['TZ'] = 'UTC'",
    b"import os\ndef prepare():\n    os.environ.setdefault('A', 'b')",
    b"from os import environ",
    b"import sys\nsys.path.insert(0, 'src')",
    b"import app\napp.LIMIT = 3",
    b"import app\nsetattr(app, 'LIMIT', 3)",
    b"import app\nDONE = app.prepare()",
    b"import app\nif True:\n    app.prepare()",
    b"def pytest_configure(config):\n    import django\n    django.setup()",
    b"def pytest_runtest_setup(item):\n    pass",
    b"pytest_plugins = ['helpers']",
    b"from helpers import *",
    b"from tests.fixtures import db",
    b"def broken(",
]


@pytest.mark.parametrize("content", PREPARING)
@pytest.mark.parametrize("folder", ["", "tests/", "tests/spec/"])
def test_what_happens_unasked_prepares_something(content, folder):
    fixtures = b"import pytest\n@pytest.fixture(autouse=True)\ndef db(): yield"
    files = {f"{folder}conftest.py": content, "tests/fixtures.py": fixtures}
    assert conftest_prepares(files, TESTS)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pytest.ini", b"[pytest]\nenv =\n    A=b\n"),
        ("pytest.ini", b"[pytest]\nusefixtures = db\n"),
        ("pyproject.toml", b"[tool.pytest_env]\nA = 'b'\n"),
        ("setup.cfg", b"[tool:pytest]\nDJANGO_SETTINGS_MODULE = app.settings\n"),
    ],
)
def test_settings_may_prepare_something(name, content):
    assert conftest_prepares({name: content}, TESTS)
