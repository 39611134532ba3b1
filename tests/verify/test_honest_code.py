"""Honest code that comes near to what is refused: not one finding."""

import pytest

from specloop.ports import StaticJob
from specloop.verify.static import inspect

PACKAGES = frozenset({"fastapi", "numpy", "sqlalchemy", "stripe", "shop"})
SNIPPETS = [
    # the interpreter
    "import gc; gc.collect(); gc.disable()",
    "import sys; count = sys.getrefcount(sys)",
    "import sys; sys.setrecursionlimit(5000)",
    "import sys; me = sys.modules[__name__]",
    "import sys; sys.modules.get('json'); loaded = 'json' in sys.modules",
    "import sys; where = list(sys.path)",
    "import sys; sys.stdout = sys.stderr",
    "import sys; sys.excepthook = lambda *error: None",
    "import sys\ndef load(folder):\n    sys.path.insert(0, folder)",
    "import os; os.environ['SHOP_URL'] = 'x'",
    "import os; os.environ['PYTHONHASHSEED'] = '0'",
    "import os; env = dict(os.environ); env['PYTHONPATH'] = 'src'",
    "import os\ndef run():\n    if os.fork() == 0:\n        os._exit(0)",
    "import os, signal\ndef stop(pid):\n    os.kill(pid, signal.SIGTERM)",
    "import signal; signal.signal(signal.SIGTERM, lambda *args: None)",
    "import os, signal\ndef stop(number, frame):\n    signal.signal(number, signal.SIG_DFL)\n"
    "    os.kill(os.getpid(), number)",
    "import resource; limit = resource.getrlimit(resource.RLIMIT_NOFILE)",
    "import atexit; atexit.register(print)",
    # introspection
    "import inspect; names = inspect.signature(print).parameters",
    "import inspect\ndef is_async(f):\n    return inspect.iscoroutinefunction(f)",
    "import typing\nclass A:\n    n: int\nhints = typing.get_type_hints(A)",
    "import traceback\ndef f():\n    try:\n        1 / 0\n    except ZeroDivisionError:\n"
    "        return traceback.format_exc()",
    "def where(error):\n    return error.__traceback__.tb_frame.f_code.co_name",
    "def told(error):\n    return dict(error.__traceback__.tb_frame.f_locals)",
    "def is_done(numbers):\n    return numbers.gi_frame is None",
    "def arity(f):\n    return f.__code__.co_argcount",
    "class Plugin:\n    pass\ndef plugins():\n    return Plugin.__subclasses__()",
    "class A:\n    def copy(self):\n        return self.__class__()",
    "def get(thing, name):\n    return getattr(thing, name, None)",
    "class A:\n    def currentframe(self):\n        return self.stack()",
    # imports
    "import importlib.resources; files = importlib.resources.files('shop')",
    "import importlib; json = importlib.import_module('json')",
    "import importlib; cart = importlib.import_module('shop.cart')",
    "def load(name):\n    return __import__(name)",
    "try:\n    import tomllib\nexcept ImportError:\n    tomllib = None",
    "import importlib.util, sys\ndef load(name, path):\n"
    "    spec = importlib.util.spec_from_file_location(name, path)\n"
    "    module = importlib.util.module_from_spec(spec)\n"
    "    sys.modules[spec.name] = module\n    spec.loader.exec_module(module)",
    # names that mean something else here
    "stack = []; stack.append(1); modules = {}; modules['x'] = 1; path = []; path.insert(0, 1)",
    "def f(sys, json):\n    sys.path = 1\n    json.loads = 2\n    return sys._getframe()",
    "class Machine:\n    def exit(self):\n        return exit(self)\ndef exit(machine):\n"
    "    return machine\nexit(Machine())",
    "import json\nclass A:\n    def __init__(self):\n        self.json = json\n"
    "        self.loads = json.loads",
    # settings of others
    "import decimal; decimal.getcontext().prec = 9; decimal.DefaultContext.prec = 9",
    "import logging; logging.raiseExceptions = False; logging.basicConfig(level='INFO')",
    "import socketserver; socketserver.TCPServer.allow_reuse_address = True",
    "import warnings; warnings.showwarning = print; warnings.simplefilter('ignore')",
    "import stripe\ndef log_in(key):\n    stripe.api_key = key",
    "from shop import app\ndef f(handler):\n    app.handler = handler",
    # comparisons
    "class A:\n    def __eq__(self, other):\n        return isinstance(other, A)",
    "class A:\n    def __eq__(self, other):\n        return NotImplemented",
    "class A:\n    def __eq__(self, other):\n        return False",
    "class A:\n    def __eq__(self, other):\n        if self is other:\n            return True\n"
    "        return NotImplemented",
    "class All:\n    def __contains__(self, item):\n        return True",
    "class A:\n    def __bool__(self):\n        return True",
    # ends of programs
    "import sys\ndef main():\n    sys.exit(1)",
    "import sys\ndef main():\n    return 0\nif __name__ == '__main__':\n    sys.exit(main())",
    "import sys\nif '__main__' == __name__ and sys.argv:\n    raise SystemExit(0)",
    "import sys; stop = lambda: sys.exit(1)",
    "import shop\n@shop.command()\ndef go():\n    raise SystemExit(2)",
    # files and texts
    "import pathlib; p = pathlib.Path('tests') / 'data.json'; q = pathlib.Path('model.pth')",
    "import pathlib; own = open(pathlib.Path('tests') / 'conftest.py').read()",
    "def nearest(folder):\n    return (folder / 'conftest.py').exists()",
    "SKIPPED = {'conftest.py', 'setup.py'}\ndef keep(path):\n    return path.name not in SKIPPED",
    '"""Runs pytest; see conftest.py and PYTEST_CURRENT_TEST."""',
    "COMMAND = ['python', '-m', 'pytest']",
    "def evaluate(text):\n    return eval(text, {'__builtins__': {}}, {})",
    "def render(source):\n    names = {}\n    exec(compile(source, '<template>', 'exec'), names)",
    # functions and classes
    "import functools\ndef wrap(f):\n    @functools.wraps(f)\n    def inner(*a):\n"
    "        return f(*a)\n    inner.__defaults__ = f.__defaults__\n    return inner.__wrapped__",
    "import collections\nP = collections.namedtuple('P', 'x y')\nP.__new__.__defaults__ = (0, 0)",
    "class Base:\n    kinds = {}\n    def __init_subclass__(cls):\n"
    "        Base.kinds[cls.__name__] = cls",
    "class Meta(type):\n    def __new__(mcs, name, bases, space):\n"
    "        return super().__new__(mcs, name, bases, {**space, 'made': True})",
    "import enum\nclass Colour(enum.Enum):\n    RED = 1",
    "import abc\nclass Shape(abc.ABC):\n    @abc.abstractmethod\n    def area(self): ...",
    "import contextlib\n@contextlib.contextmanager\ndef quiet():\n    yield",
    "import dataclasses\n@dataclasses.dataclass(eq=True, frozen=True)\nclass P:\n    x: int = 0",
    "def numbers():\n    try:\n        yield 1\n    except GeneratorExit:\n        raise",
    "import asyncio\nasync def main():\n    await asyncio.sleep(0)\n"
    "def run():\n    return asyncio.run(main())",
    # packages
    "import fastapi\napp = fastapi.FastAPI()\n@app.get('/')\ndef home():\n"
    "    raise fastapi.HTTPException(404)\napp.state.ready = True",
    "import numpy as np\nnp.seterr(all='ignore')\nrng = np.random.default_rng(0)\n"
    "def f(a):\n    a[0] = np.nan\n    return np.array_equal(a, a)",
    "from sqlalchemy.orm import DeclarativeBase, Mapped\nclass Base(DeclarativeBase):\n    pass\n"
    "class User(Base):\n    __tablename__ = 'users'\n    id: Mapped[int]",
]


@pytest.mark.parametrize("code", SNIPPETS)
def test_honest_code_is_left_alone(code):
    assert inspect(StaticJob("shop/slug.py", code + "\n", {}, PACKAGES)) == ()
