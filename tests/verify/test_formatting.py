import pytest

from specloop.errors import RunnerUnavailable
from specloop.ports import StaticJob
from specloop.verify import ruff

CODE = """import os
def f( a,b = 1 ):
  '''Twice "that"

      as much   '''
  assert (a, b)
  x = {'a':1,}
  return u'x' "y"
class A:
    n = 1
    'What n is.   '
    def m(self): return -a ** 2 or not (yield)
"""
FORMATTED = '''import os


def f(a, b=1):
    """Twice "that"

    as much"""
    assert (a, b)
    x = {
        "a": 1,
    }
    return "xy"


class A:
    n = 1
    "What n is.   "

    def m(self):
        return -(a**2) or not (yield)
'''


def test_code_gets_one_form_and_keeps_it():
    assert ruff.format(CODE, "shop/slug.py") == FORMATTED
    assert ruff.format(FORMATTED, "shop/slug.py") == FORMATTED


@pytest.mark.parametrize(
    ("code", "formatted"),
    [
        ("", ""),
        ("x=1", "x = 1\n"),
        ("x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
        ("if x:\n\ty = '''a\n\tb'''\n", 'if x:\n    y = """a\n\tb"""\n'),
        ("# fmt: off\nx  =  1\n# fmt: on\ny  =  1\n", "# fmt: off\nx  =  1\n# fmt: on\ny = 1\n"),
        ("x = [1, ]\n", "x = [\n    1,\n]\n"),
        (f"x = f({'a' * 40}, {'b' * 39})\n", f"x = f({'a' * 40}, {'b' * 39})\n"),  # 88 characters
        (f"x = f({'a' * 40}, {'b' * 40})\n", f"x = f(\n    {'a' * 40}, {'b' * 40}\n)\n"),
    ],
)
def test_form(code, formatted):
    assert ruff.format(code, "shop/slug.py") == formatted


@pytest.mark.parametrize("file", ["dist/slug.py", ".venv/slug.py", "new\nline.py", "-x.py"])
def test_form_is_the_same_wherever_the_file_lies(file):
    assert ruff.format("x=1", file) == "x = 1\n"


def test_form_is_the_same_whatever_settings_lie_about(tmp_path, monkeypatch):
    (tmp_path / "ruff.toml").write_text("line-length = 20\nformat.quote-style = 'single'\n")
    monkeypatch.chdir(tmp_path)
    code = 'x = function("an argument")\n'
    assert ruff.format(code, str(tmp_path / "slug.py")) == code


@pytest.mark.parametrize("code", ["x = (\n", "def f(:", f"x = {'-' * 1500}1\ny  = 1\n"])
def test_what_cannot_be_formatted_with_certainty_stays_as_it_is(code):
    assert ruff.format(code, "shop/slug.py") == code


@pytest.fixture
def other_ruff(tmp_path, monkeypatch):
    """Puts a script in the place of ruff's program."""

    def put(script):
        program = tmp_path / "ruff"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(ruff, "_binary", lambda: str(program))

    return put


@pytest.mark.parametrize("changed", ["x = 2", "x = 1; y = 1", "x = '1'", '"1"', "x = (", ""])
def test_form_that_would_change_what_the_code_does_is_refused(other_ruff, changed):
    other_ruff(f"echo '{changed}'".replace("'1'", '"1"'))
    assert ruff.format("x=1\n", "shop/slug.py") == "x=1\n"


def test_ruff_that_does_not_run_is_not_the_code_s_fault(other_ruff, tmp_path):
    other_ruff("echo 'no space left' >&2; echo more >&2; exit 2")
    with pytest.raises(RunnerUnavailable, match=r"not run: no space left; install specloop anew$"):
        ruff.format("x = 1\n", "shop/slug.py")
    (tmp_path / "ruff").unlink()
    with pytest.raises(RunnerUnavailable, match=r"not run: .*No such file"):
        ruff.format("x = 1\n", "shop/slug.py")
    with pytest.raises(RunnerUnavailable, match=r"not run: .*No such file"):
        ruff.check(StaticJob("m.py", "x = 1\n", {}, frozenset(), ruff=("F",)))
