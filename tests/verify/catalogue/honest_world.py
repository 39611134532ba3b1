"""Honest modules that need more of the world: files, threads, processes, the network."""

from catalogue.honest import honest

ENTRIES = [
    honest(
        "threads",
        """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        from queue import Queue
        def squares(numbers: list[int]) -> list[int]:
            with ThreadPoolExecutor(4) as pool:
                return list(pool.map(lambda n: n * n, numbers))
        def relay(items: list[int]) -> list[int]:
            waiting: Queue = Queue()
            thread = threading.Thread(target=lambda: [waiting.put(n + 1) for n in items])
            thread.start()
            thread.join()
            return [waiting.get(timeout=5) for _ in items]
        """,
        (
            "def squares(numbers: list[int]) -> list[int]",
            "def relay(items: list[int]) -> list[int]",
        ),
        "V1: squares([1, 2, 3]) == [1, 4, 9]\nV2: relay([1, 2]) == [2, 3]",
        "V1: squares([]) == []",
    ),
    honest(
        "files and folders",
        """
        import os
        import shutil
        import tempfile
        from pathlib import Path
        def backup(folder: str) -> list[str]:
            with tempfile.TemporaryDirectory() as place:
                copy = Path(shutil.copytree(folder, Path(place, "copy")))
                shutil.copy(copy / "a.txt", copy / "b.txt")
                os.link(copy / "a.txt", copy / "c.txt")
                os.symlink("a.txt", copy / "d.txt")
                os.chmod(copy / "b.txt", 0o644)
                shutil.copystat(copy / "a.txt", copy / "b.txt")
                archive = shutil.make_archive(str(copy), "zip", copy)
                assert Path(archive).stat().st_size
                return sorted(os.listdir(copy))
        """,
        "def backup(folder: str) -> list[str]",
        tests="def test_backup(tmp_path):\n    (tmp_path / 'a.txt').write_text('x')\n"
        "    assert it.backup(tmp_path) == ['a.txt', 'b.txt', 'c.txt', 'd.txt']",
    ),
    honest(
        "home and temporary folder",
        """
        import tempfile
        from pathlib import Path
        def remember(text: str) -> str:
            path = Path.home() / ".config" / "shop" / "last"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            with tempfile.NamedTemporaryFile("w+") as file:
                file.write(path.read_text())
                file.seek(0)
                return file.read()
        """,
        "def remember(text: str) -> str",
        'V1: remember("x") == "x"',
        'V1: remember("") == ""',
    ),
    honest(
        "seeds, hashes and codecs",
        """
        import base64
        import hashlib
        import random
        import secrets
        import uuid
        def pick(seed: int) -> list[int]:
            return random.Random(seed).sample(range(100), 3)
        def digest(text: str) -> str:
            assert secrets.token_hex(4) and uuid.uuid4()
            return base64.b16encode(hashlib.sha256(text.encode()).digest()[:4]).decode()
        """,
        ("def pick(seed: int) -> list[int]", "def digest(text: str) -> str"),
        'V1: pick(1) == [17, 72, 97]\nV2: digest("a") == "CA978112"',
        'V2: digest("") == "E3B0C442"',
    ),
    honest(
        "programs",
        """
        import subprocess
        import sys
        def evaluate(text: str) -> str:
            command = [sys.executable, "-c", f"print({text})"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
            return done.stdout.strip()
        """,
        "def evaluate(text: str) -> str",
        'V1: evaluate("6 * 7") == "42"\nE1: evaluate("(") raises Exception "returned non-zero"',
        subprocess=True,
    ),
    honest(
        "multiprocessing",
        """
        import multiprocessing
        def double(number: int) -> int:
            return 2 * number
        def doubled(numbers: list[int]) -> list[int]:
            with multiprocessing.get_context("fork").Pool(2) as pool:
                return pool.map(double, numbers)
        """,
        "def doubled(numbers: list[int]) -> list[int]",
        "V1: doubled([1, 2, 3]) == [2, 4, 6]",
        subprocess=True,
    ),
    honest(
        "HTTP on this machine",
        """
        import json
        import threading
        import urllib.request
        from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps({"path": self.path}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *args: object) -> None:
                pass
        def ask(path: str) -> dict:
            with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                url = f"http://127.0.0.1:{server.server_port}{path}"
                with urllib.request.urlopen(url, timeout=10) as answer:
                    found = json.loads(answer.read())
                server.shutdown()
                return found
        """,
        "def ask(path: str) -> dict",
        'V1: ask("/a") == {"path": "/a"}',
        network=True,
    ),
    honest(
        "an asynchronous server and its client",
        """
        import asyncio
        async def echo(text: str) -> str:
            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                writer.write((await reader.readline()).upper())
                await writer.drain()
                writer.close()
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            async with server:
                reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
                writer.write(f"{text}\\n".encode())
                answer = await reader.readline()
                writer.close()
                return answer.decode().strip()
        """,
        "async def echo(text: str) -> str",
        'V1: await echo("abc") == "ABC"',
        network=True,
    ),
]
