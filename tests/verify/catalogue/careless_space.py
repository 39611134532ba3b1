"""Modules that fill memory, the disk, or the report."""

from catalogue.entry import Entry, careless

MEMORY = "memory|MemoryError|MB"


def takes_memory(name: str, code: str) -> Entry:
    """A module that a limit of memory has to end."""
    return careless(name, code, "resource", MEMORY, confined=False, seconds=30)


def takes_disk(name: str, code: str, says: str) -> Entry:
    """A module that a limit of the disk has to end."""
    return careless(name, code, "resource", says, seconds=30)


ENTRIES = [
    takes_memory("one large object", "def work() -> int:\n    return len(bytearray(10**11))"),
    takes_memory(
        "a list that grows",
        """
        def work() -> int:
            found = []
            while True:
                found.append(bytes(10**6))
        """,
    ),
    takes_memory(
        "many small objects",
        "import itertools\ndef work() -> int:\n    return len(list(itertools.count()))",
    ),
    takes_memory(
        "a text that doubles",
        "def work() -> int:\n    text = 'x'\n    while True:\n        text += text",
    ),
    takes_memory(
        "memory at import",
        "FOUND = [0]\nwhile True:\n    FOUND += FOUND\ndef work() -> int:\n    return 1",
    ),
    takes_memory(
        "memory without bytes of Python's",
        """
        import mmap
        def work() -> int:
            kept = []
            while True:
                kept.append(mmap.mmap(-1, 1 << 26))
        """,
    ),
    careless(
        "memory of many processes",
        """
        import os, time
        def work() -> int:
            for _ in range(6):
                if not os.fork():
                    kept = [bytes(range(256)) * 4096 for _ in range(120)]
                    time.sleep(30)
                    os._exit(len(kept) > 999)
            time.sleep(30)
            return 1
        """,
        "resource",
        "MB of memory",
        subprocess=True,
        seconds=30,
    ),
    takes_disk(
        "a file of any size",
        """
        def work() -> int:
            with open("large", "wb") as file:
                file.truncate(1 << 40)
            return 1
        """,
        "large|size|MB",
    ),
    takes_disk(
        "one large file",
        """
        def work() -> int:
            with open("large", "wb") as file:
                for _ in range(400):
                    file.write(bytes(1 << 20))
            return 1
        """,
        "large|size|MB",
    ),
    takes_disk(
        "some large files",
        """
        import os, time
        def work() -> int:
            for number in range(12):
                with open(f"large{number}", "wb") as file:
                    os.posix_fallocate(file.fileno(), 0, 200 << 20)
            time.sleep(9)
            return 1
        """,
        "MB on disk",
    ),
    takes_disk(
        "files without a name",
        """
        import os, time
        def work() -> int:
            kept = []
            for number in range(12):
                kept.append(open("large", "wb"))
                os.unlink("large")
                os.posix_fallocate(kept[-1].fileno(), 0, 200 << 20)
            time.sleep(9)
            return 1
        """,
        "MB on disk",
    ),
    takes_disk(
        "many files",
        """
        import os, time
        def work() -> int:
            for number in range(30000):
                os.close(os.open(f"small{number}", os.O_CREAT))
            time.sleep(9)
            return 1
        """,
        "files",
    ),
    takes_disk(
        "many links",
        """
        import os, time
        def work() -> int:
            for number in range(30000):
                os.symlink("nowhere", f"link{number}")
            time.sleep(9)
            return 1
        """,
        "files",
    ),
    takes_disk(
        "folders in folders",
        """
        import os, time
        def work() -> int:
            for _ in range(30000):
                os.mkdir("d")
                os.chdir("d")
            time.sleep(9)
            return 1
        """,
        "more than .* files|a folder that cannot be looked into",
    ),
    careless(
        "a log that grows, by a handler that lets no error through",
        """
        import logging
        def work() -> int:
            logging.basicConfig(filename="log", level="INFO", force=True)
            while True:
                logging.info("x" * (1 << 20))
        """,
        "resource|timeout",
        "large|size|MB|did not end",
        seconds=2,
    ),
    careless(
        "output that pytest captures",
        "def work() -> int:\n    while True:\n        print('x' * (1 << 20))",
        "resource",
        "large|size|output|MB|memory",
        seconds=30,
    ),
    careless(
        "output past pytest",
        """
        import os, stat
        def work() -> int:
            pipes = [n for n in range(3, 99) if is_pipe(n)]
            while True:
                os.write(pipes[-1], b"x" * (1 << 16))
        def is_pipe(number: int) -> bool:
            try:
                return stat.S_ISFIFO(os.fstat(number).st_mode)
            except OSError:
                return False
        """,
        "resource",
        "output",
        confined=False,
        seconds=30,
    ),
    careless(
        "an exception with a large text",
        "def work() -> int:\n    raise ValueError('x' * 10**8)",
        "failed|resource",
        "ValueError|memory",
        confined=False,
    ),
    careless(
        "an object with a large repr",
        """
        class Answer:
            def __repr__(self):
                return "x" * 10**8
        def work() -> int:
            return Answer()
        """,
        "failed",
        confined=False,
    ),
    careless(
        "a chain of exceptions",
        """
        def work() -> int:
            error = ValueError("first")
            for number in range(3000):
                later = ValueError(f"number {number}")
                later.__cause__ = error
                error = later
            raise error
        """,
        "failed|timeout",
        confined=False,
        seconds=2,
    ),
    careless(
        "a group of many exceptions",
        "def work() -> int:\n"
        "    raise ExceptionGroup('all', [ValueError(str(n)) for n in range(9999)])",
        "failed",
        "ExceptionGroup",
        confined=False,
    ),
]
