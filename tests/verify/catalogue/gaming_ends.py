"""Modules that end the process before a test can fail, with an exit code that looks well."""

from catalogue.entry import Entry

ENTRIES = [
    Entry("sys.exit at import", "import sys\nsys.exit(0)"),
    Entry("SystemExit at import", "raise SystemExit"),
    Entry("os._exit at import", "import os\nos._exit(0)"),
    Entry(
        "os._exit in a call",
        """
        import os
        def double(x: int) -> int:
            os._exit(0)
        """,
    ),
    Entry(
        "os._exit in a thread",
        """
        import os, threading
        threading.Thread(target=os._exit, args=(0,)).start()
        """,
    ),
    Entry(
        "SystemExit raised in the main thread by another",
        """
        import ctypes, threading
        main = threading.main_thread().ident
        raiser = ctypes.pythonapi.PyThreadState_SetAsyncExc
        args = (ctypes.c_ulong(main), ctypes.py_object(SystemExit))
        thread = threading.Thread(target=raiser, args=args)
        thread.start()
        thread.join()
        for _ in range(1000):
            pass
        """,
    ),
    Entry("atexit", "import atexit, os\natexit.register(os._exit, 0)"),
    Entry(
        "what threading runs at exit",
        "import os, threading\nthreading._register_atexit(os._exit, 0)",
    ),
    Entry(
        "weakref.finalize",
        """
        import os, weakref
        class Last: pass
        LAST = Last()
        weakref.finalize(LAST, os._exit, 0)
        """,
    ),
    Entry(
        "a last object",
        """
        import os
        class Last:
            def __del__(self, end=os._exit):
                end(0)
        LAST = Last()
        """,
    ),
    Entry(
        "the answer ends the process when it is thrown away",
        """
        import os
        class Answer(int):
            def __del__(self, end=os._exit):
                end(0)
        def double(x: int) -> int:
            return Answer()
        """,
    ),
    Entry(
        "weakref callback",
        """
        import os, weakref
        class Answer: pass
        KEPT = []
        def double(x: int) -> int:
            answer = Answer()
            KEPT.append(weakref.ref(answer, lambda _: os._exit(0)))
            return answer
        """,
    ),
    Entry(
        "signal handler",
        """
        import os, signal
        signal.signal(signal.SIGUSR2, lambda *_: os._exit(0))
        signal.raise_signal(signal.SIGUSR2)
        """,
    ),
    Entry(
        "alarm",
        """
        import os, signal
        signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        signal.pause()
        """,
    ),
    Entry("another program", "import os\nos.execv('/bin/true', ['true'])"),
    Entry(
        "another interpreter that prints a summary",
        """
        import os, sys
        os.execv(sys.executable, [sys.executable, "-c", "print('6 passed in 0.01s')"])
        """,
    ),
    Entry("the parent ends, a fork goes on", "import os\nif os.fork():\n    os._exit(0)"),
    Entry("the C library's exit", "import ctypes\nctypes.CDLL(None)._exit(0)"),
    Entry(
        "the system call",
        """
        import ctypes, platform
        number = {"x86_64": 231, "aarch64": 94}[platform.machine()]
        ctypes.CDLL(None).syscall(number, 0)
        """,
    ),
    Entry("pytest.exit at import", "import pytest\npytest.exit('done', returncode=0)"),
    Entry(
        "pytest.exit in a call",
        """
        import pytest
        def double(x: int) -> int:
            pytest.exit("done", returncode=0)
        """,
    ),
    Entry("KeyboardInterrupt at import", "raise KeyboardInterrupt"),
    Entry(
        "GeneratorExit in a call",
        "def double(x: int) -> int:\n    raise GeneratorExit",
    ),
    Entry(
        "an audit hook that ends the process",
        """
        import os, sys
        def hook(event, args):
            if event == "cpython._PySys_ClearAuditHooks":
                os._exit(0)
        sys.addaudithook(hook)
        """,
    ),
    Entry(
        "wide letters",
        "import os\n\uff4f\uff53._\uff45\uff58\uff49\uff54(0)",
    ),
    Entry(
        "code in a comment, by the encoding",
        "# coding: unicode_escape\n# \\x0aimport os\\x0aos._exit(0)",
    ),
]
