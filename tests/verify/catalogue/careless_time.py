"""Modules that do not come to an end, or go too deep."""

from catalogue.entry import Entry, careless

_DONE = "\ndef work() -> int:\n    return 1\n"


def endless(name: str, code: str, seconds: int = 1) -> Entry:
    """A module that the clock has to end."""
    return careless(name, code, "timeout", "did not end", confined=False, seconds=seconds)


ENTRIES = [
    endless("a loop at import", f"while True:\n    pass\n{_DONE}"),
    endless("a loop in a call", "def work() -> int:\n    while True:\n        pass"),
    endless(
        "a loop that catches everything",
        """
        def work() -> int:
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    continue
        """,
    ),
    endless(
        "a regular expression",
        "import re\ndef work() -> int:\n    return len(re.match('(a|a)+$', 'a' * 60 + 'b')[0])",
    ),
    endless(
        "a search in C",
        "import itertools\ndef work() -> int:\n    return 1 in itertools.repeat(0)",
    ),
    endless("a power", "def work() -> int:\n    return pow(3, 3 ** 17)"),
    endless("sleep", "import time\ndef work() -> int:\n    time.sleep(9999)"),
    endless(
        "a lock taken twice",
        """
        import threading
        def work() -> int:
            lock = threading.Lock()
            lock.acquire()
            lock.acquire()
        """,
    ),
    endless(
        "signals are ignored, and a pause",
        """
        import signal
        def work() -> int:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
                signal.signal(number, signal.SIG_IGN)
            while True:
                signal.pause()
        """,
    ),
    endless(
        "it stops itself",
        "import os, signal\ndef work() -> int:\n    os.kill(os.getpid(), signal.SIGSTOP)",
    ),
    endless(
        "a sleep at exit",
        f"import atexit, time\natexit.register(time.sleep, 9999)\n{_DONE}",
    ),
    endless(
        "an answer that compares for ever",
        """
        class Answer:
            def __eq__(self, other):
                while True:
                    pass
            __hash__ = None
        def work() -> int:
            return Answer()
        """,
    ),
    careless(
        "threads that never end",
        """
        import threading
        def work() -> int:
            for _ in range(4):
                threading.Thread(target=threading.Event().wait).start()
            return 1
        """,
        "passed|failed|timeout",
        confined=False,
    ),
    careless(
        "recursion",
        "def work() -> int:\n    return work()",
        "failed",
        "RecursionError",
        confined=False,
    ),
    careless(
        "recursion without a limit, in C",
        """
        import sys
        class Answer:
            def __eq__(self, other):
                return [self] == [other]
            __hash__ = None
        def work() -> int:
            sys.setrecursionlimit(10**9)
            return Answer() == Answer()
        """,
        "failed|resource",
        "SIGSEGV|memory|MB|Recursion",
        confined=False,
    ),
    careless(
        "recursion in repr and eq",
        """
        class Answer:
            def __repr__(self):
                return repr(self)
            def __eq__(self, other):
                return self == other
            __hash__ = None
        def work() -> int:
            return Answer()
        """,
        "failed",
        "RecursionError",
        confined=False,
    ),
    careless(
        "standard input",
        "def work() -> int:\n    return int(input())",
        "failed",
        "OSError|EOFError",
        confined=False,
    ),
]
