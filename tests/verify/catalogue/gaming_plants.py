"""Modules that plant files, or change those that are there: tests, settings, bytecode, modules."""

from catalogue.entry import LATER, Entry, later

_SKIP_ALL = "import os\\nos._exit(0)\\n"
_PYC = """
import importlib.util, marshal, pathlib, sys
def plant(source: str, target: str, code: str, by_time: bool = False) -> None:
    path = pathlib.Path(source)
    stat, header = path.stat(), importlib.util.MAGIC_NUMBER
    if by_time:
        header += bytes(4) + int(stat.st_mtime).to_bytes(4, "little")
        header += stat.st_size.to_bytes(4, "little")
    else:
        header += b"\\x03\\0\\0\\0" + importlib.util.source_hash(path.read_bytes())
    pathlib.Path(target).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(target).write_bytes(header + marshal.dumps(compile(code, source, "exec")))
"""
_BELOW = {
    "tests/test_a.py": LATER["tests/test_a.py"],
    "tests/then/test_b.py": LATER["tests/test_b.py"],
}
_HELPED = {
    "tests/test_a.py": LATER["tests/test_a.py"],
    "tests/test_b.py": """
def test_doubles():
    import wanted
    from double import double
    assert double(8) == wanted.OF_EIGHT
""",
}
_WANTED = {"wanted.py": "OF_EIGHT = 16\n"}
_EMPTY = "def test_doubles(): pass"


def planted(name: str, path: str, text: str) -> Entry:
    """A module that leaves a file which the next run in the same folder would read."""
    code = f'from pathlib import Path\nPath("{path}").write_text("{text}")'
    return Entry(name, code, runs=2)


def helped(name: str, code: str) -> Entry:
    """A module that takes the place of another that the tests need."""
    return later(name, code, tests=_HELPED, files=_WANTED)


ENTRIES = [
    planted("conftest.py", "conftest.py", _SKIP_ALL),
    planted("conftest.py beside the tests", "tests/conftest.py", _SKIP_ALL),
    planted("pytest.ini", "pytest.ini", "[pytest]\\naddopts = --collect-only\\n"),
    planted(".pytest.ini", ".pytest.ini", "[pytest]\\naddopts = --collect-only\\n"),
    planted(
        "pyproject.toml", "pyproject.toml", "[tool.pytest.ini_options]\\naddopts = '--collect-only'"
    ),
    planted("setup.cfg", "setup.cfg", "[tool:pytest]\\naddopts = --collect-only\\n"),
    planted("tox.ini", "tox.ini", "[pytest]\\naddopts = --collect-only\\n"),
    planted("a module of pytest's name", "pytest.py", _SKIP_ALL),
    planted("a module of the standard library's name", "argparse.py", _SKIP_ALL),
    Entry(
        "a plugin by its variable",
        """
        import os, pathlib, sys
        pathlib.Path("easy.py").write_text("import os\\nos._exit(0)\\n")
        flags = {**os.environ, "PYTHONPATH": ".", "PYTEST_PLUGINS": "easy"}
        os.execve(sys.executable, [sys.executable, "-m", "pytest", "tests"], flags)
        """,
    ),
    Entry(
        "customize files and .pth in the home and in the folder",
        """
        import os, pathlib, site, sys
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        folder = pathlib.Path(os.path.expanduser("~"), ".local/lib", version, "site-packages")
        folder.mkdir(parents=True, exist_ok=True)
        for place in (folder, pathlib.Path()):
            for name in ("sitecustomize.py", "usercustomize.py"):
                (place / name).write_text("import os\\nos._exit(0)\\n")
            (place / "easy.pth").write_text("import os; os._exit(0)\\n")
        flags = {**os.environ, "PYTHONPATH": "."}
        os.execve(sys.executable, [sys.executable, "-m", "pytest"], flags)
        """,
    ),
    later(
        "a folder of tests is emptied",
        "from pathlib import Path\nPath('tests/then/test_b.py').unlink()",
        tests=_BELOW,
        targets=("tests",),
    ),
    later(
        "a folder of tests is renamed",
        "import os\nos.rename('tests/then', 'kept')\nos.mkdir('tests/then')",
        tests=_BELOW,
        targets=("tests",),
    ),
    later(
        "a test is rewritten",
        f"from pathlib import Path\nPath('tests/test_b.py').write_text('{_EMPTY}')",
    ),
    later(
        "a test is rewritten and its time set back",
        f"""
        import os
        before = os.stat("tests/test_b.py")
        with open("tests/test_b.py", "r+") as file:
            text = "{_EMPTY}"
            file.write(text + "#" * (before.st_size - len(text)))
        os.utime("tests/test_b.py", ns=(before.st_atime_ns, before.st_mtime_ns))
        """,
    ),
    later(
        "a test is replaced for a while",
        f"""
        import atexit, os
        from pathlib import Path
        os.rename("tests/test_b.py", "kept")
        Path("tests/test_b.py").write_text("{_EMPTY}")
        atexit.register(os.replace, "kept", "tests/test_b.py")
        """,
    ),
    later(
        "the folder of the tests is replaced for a while",
        f"""
        import atexit, os, shutil
        from pathlib import Path
        os.rename("tests", "kept")
        shutil.copytree("kept", "tests")
        Path("tests/test_b.py").write_text("{_EMPTY}")
        def back() -> None:
            shutil.rmtree("tests")
            os.rename("kept", "tests")
        atexit.register(back)
        """,
    ),
    later(
        "a test becomes a link",
        f"""
        import os
        from pathlib import Path
        Path("easy.txt").write_text("{_EMPTY}")
        os.rename("tests/test_b.py", "kept")
        os.symlink("../easy.txt", "tests/test_b.py")
        """,
    ),
    later(
        "bytecode of a test, as pytest keeps it",
        f"""{_PYC}
from _pytest.assertion.rewrite import PYC_TAIL
plant("tests/test_b.py", "tests/__pycache__/test_b" + PYC_TAIL, "{_EMPTY}")
""",
    ),
    later(
        "bytecode of a test, as older versions of pytest keep it",
        f"""{_PYC}
from importlib.metadata import version
tail = f".{{sys.implementation.cache_tag}}-pytest-{{version('py' + 'test')}}.pyc"
plant("tests/test_b.py", f"tests/__pycache__/test_b{{tail}}", "{_EMPTY}", by_time=True)
""",
    ),
    helped(
        "bytecode of another module",
        f"""{_PYC}
plant("wanted.py", importlib.util.cache_from_source("wanted.py"), "OF_EIGHT = 0")
""",
    ),
    helped(
        "bytecode of another module, in a package without source",
        f"""{_PYC}
plant("wanted.py", "wanted/__init__.pyc", "OF_EIGHT = 0")
importlib.invalidate_caches()
""",
    ),
    helped(
        "a package in the place of another module",
        """
        import importlib, pathlib
        pathlib.Path("wanted").mkdir()
        pathlib.Path("wanted/__init__.py").write_text("OF_EIGHT = 0")
        importlib.invalidate_caches()
        """,
    ),
    helped(
        "a folder before all others",
        """
        import pathlib, sys
        pathlib.Path("first").mkdir()
        pathlib.Path("first/wanted.py").write_text("OF_EIGHT = 0")
        sys.path.insert(0, "first")
        """,
    ),
    helped(
        "another module is rewritten",
        "from pathlib import Path\nPath('wanted.py').write_text('OF_EIGHT = 0')",
    ),
    helped(
        "another module out of sys.modules",
        """
        import sys, types
        sys.modules["wanted"] = types.SimpleNamespace(OF_EIGHT=0)
        """,
    ),
    later(
        "a test module out of sys.modules",
        """
        import os, sys, types
        fake = types.ModuleType("test_b")
        fake.__file__ = os.path.abspath("tests/test_b.py")
        fake.test_doubles = lambda: None
        sys.modules["test_b"] = fake
        """,
    ),
    later(
        "a finder of modules",
        """
        import importlib.machinery, os, sys
        class Finder:
            @staticmethod
            def find_spec(name, path=None, target=None):
                if name == "test_b":
                    place = os.path.abspath("tests/test_b.py")
                    found = importlib.machinery.ModuleSpec(name, Finder, origin=place)
                    found.has_location = True
                    return found
            @staticmethod
            def create_module(spec): return None
            @staticmethod
            def exec_module(module): module.test_doubles = lambda: None
        sys.meta_path.insert(0, Finder)
        """,
    ),
    later(
        "an audit hook that rewrites what is opened",
        f"""
        import sys
        def hook(event, args, busy=[]):
            if event == "open" and str(args[0]).endswith("test_b.py") and not busy:
                busy.append(1)
                with open(args[0], "w") as file:
                    file.write("{_EMPTY}")
        sys.addaudithook(hook)
        """,
    ),
]
