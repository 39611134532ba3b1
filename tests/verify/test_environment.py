import sys
import zipfile

import pytest

from specloop.errors import RunnerUnavailable
from specloop.ports import TestJob
from specloop.spec.settings import Settings
from specloop.verify.environment import COMPLETE
from specloop.verify.runner import PytestRunner


def wheel(folder, name, modules):
    """A wheel of modules without dependencies, as an index would serve it."""
    path = folder / f"{name.replace('-', '_')}-1.0-py3-none-any.whl"
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    files = {
        **modules,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    record = "".join(f"{file},,\n" for file in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(file, content)
    return path


@pytest.fixture
def runner(tmp_path, monkeypatch):
    """A project that names one package; a small wheel takes the place of pytest itself."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # pip, whether or not uv is installed
    code = "def main(arguments, plugins): return 0\nversion_tuple = (9, 0)\n"
    pytest_wheel = wheel(tmp_path, "pytest", {"pytest.py": code})
    tiny = wheel(tmp_path, "tiny-words", {"words.py": "WORD = 1\n", "letters/__init__.py": ""})
    settings = Settings(
        project={
            "name": "shop",
            "packages": [f"tiny-words @ file://{tiny}"],
            "test_packages": [f"pytest @ file://{pytest_wheel}"],
        }
    )
    told = []
    runner = PytestRunner(tmp_path, settings, notify=told.append)
    return runner, told, tmp_path / ".specloop" / "venv"


def test_environment_is_made_once_in_place_of_half_a_one(runner):
    runner, told, venv = runner
    (venv / "bin").mkdir(parents=True)  # as a kill in the middle leaves it
    (venv / "bin" / "python").symlink_to("/nowhere")
    runner.prepare()
    assert told == ["installing 2 packages into .specloop/venv"]
    assert runner.names_of(["tiny-words>=1"]) == {"words", "letters", "tiny_words"}
    runner.prepare()
    assert len(told) == 1, "what is as it must be is not made again"


def test_installer_that_fails_is_quoted(tmp_path, monkeypatch):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "uv").write_text(
        '#!/bin/sh\n[ "$1" = venv ] || { echo "no such package"; exit 1; }\n'
    )
    (folder / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    runner = PytestRunner(tmp_path, Settings(project={"name": "shop", "packages": ["gone"]}))
    told = r"(?s)cannot be installed.*no such package.*mend \[project\] packages"
    with pytest.raises(RunnerUnavailable, match=told):
        runner.prepare()
    assert not (tmp_path / ".specloop" / "venv" / COMPLETE).exists()


def test_interpreter_without_pytest_is_told(tmp_path):
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    runner = PytestRunner(tmp_path, Settings(project={"name": "shop", "python": "bare"}))
    with pytest.raises(RunnerUnavailable, match="No module named 'pytest'; install pytest"):
        runner.prepare()


def test_named_packages_alone_may_be_imported(shared_runner):
    names = shared_runner.names_of(["ruamel.yaml>=0.18", "Jinja2"])
    assert {"ruamel", "jinja2"} <= names
    assert "markupsafe" not in names
    with pytest.raises(RunnerUnavailable, match="no requirement of PEP 508"):
        shared_runner.names_of(["not a requirement"])


def test_running_comes_after_preparing(tmp_path):
    with pytest.raises(RuntimeError, match="prepare"):
        PytestRunner(tmp_path, Settings(project={"name": "shop"})).run(TestJob({}, ("x.py",)))
