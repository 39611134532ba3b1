"""A model whose weights lie on this machine, answered by llama.cpp."""

import importlib.util
import threading
import time
from dataclasses import replace
from pathlib import Path

from specloop.attempt.completion import Completion
from specloop.errors import ModelUnavailable
from specloop.models.estimated import EstimatedModel
from specloop.models.gguf import Gguf, read_gguf
from specloop.models.litellm_model import LiteLLMModel
from specloop.models.local_server import LocalServer
from specloop.models.machine import free_bytes
from specloop.models.retry import BILLED_TRIES
from specloop.models.weights import (
    MEGABYTE,
    SMOLLM2_BYTES,
    fetch_smollm2,
    smollm2_is_whole,
    smollm2_path,
)
from specloop.ports import Prompt, Say
from specloop.spec.settings import ModelTable

_SMOLLM2 = "local/smollm2"
_CACHE_MIB = 256
_ELSE_BYTES = 100 * MEGABYTE  # what the server takes beside weights, window and cache


class LocalModel(EstimatedModel):
    """The model local/smollm2, or local/FILE.gguf with FILE absolute or below the project's root.

    llama.cpp's server is started at the first call and ended by `close`. It answers one call at a
    time; other calls wait for their turn. A model that is sampled gives to the same prompt with the
    same seed the same answer, as long as its server lasts.
    """

    def __init__(self, table: ModelTable, root: Path) -> None:
        super().__init__(table, BILLED_TRIES)
        self._root = root
        # A repair begins with what was read before. A sampled model is asked afresh instead, and
        # would answer otherwise to a prompt that it has not read anew.
        self._cache_mib = 0 if self._profile.samples else _CACHE_MIB
        self._turn = threading.Lock()
        self._starting = threading.Lock()  # nothing is started once `close` has begun
        self._ending = threading.Event()
        self._server: LocalServer | None = None
        self._address = ""

    def check(self) -> None:
        """ModelUnavailable for what is missing; what is still to be fetched is not missing."""
        _require_llama(self.name)
        if not _is_smollm2(self._table):
            _file(self._table, self._root)

    def complete(self, prompt: Prompt, say: Say) -> Completion:
        """What the model answers; ModelUnavailable where there is no answer to be had."""
        began = time.monotonic()
        with self._turn:
            self._serve(say)
            if prompt.seconds is not None:
                left = prompt.seconds - (time.monotonic() - began)
                prompt = replace(prompt, seconds=left)
            # llama.cpp knows what a seed is, whatever the model.
            with_seed = {
                "api_base": self._address,
                "extra": {"seed": prompt.seed, **self._table.extra},
            }
            asked = LiteLLMModel(self._table.model_copy(update=with_seed), self._pause)
            try:
                return asked.complete(prompt, say)
            except ModelUnavailable as error:
                if self._server is not None and self._ending.is_set():
                    raise self._gone(self._server) from None
                # Whoever reads the address in a log could use the server.
                text = str(error).replace(self._address, "its server")
                raise ModelUnavailable(
                    text, may_be_charged=error.may_be_charged, too_long=error.too_long
                ) from None

    def close(self) -> None:
        """End the server, and with it every call."""
        self._ending.set()
        with self._starting:
            if self._server is not None:
                self._server.end()

    def _serve(self, say: Say) -> None:
        """Start the server where it does not run."""
        if self._server is not None:
            if self._server.serves():
                return
            self._server.end()
        _require_llama(self.name)
        weights = self._weights(say)
        window = self._window(weights)
        say(f"loading {weights.path.name}")
        with self._starting:
            if self._ending.is_set():
                raise _unavailable(self.name, "it was not started, since the run is ending")
            self._server = LocalServer(weights.path, window, self._cache_mib)
        self._address = self._server.address()
        if not self._address:
            raise self._gone(self._server)

    def _weights(self, say: Say) -> Gguf:
        if not _is_smollm2(self._table):
            return _file(self._table, self._root)
        return read_gguf(fetch_smollm2(say, self._ending))

    def _window(self, weights: Gguf) -> int:
        """The tokens to make room for; ModelUnavailable where the memory for them is missing."""
        window = self._profile.context_tokens
        if weights.context_tokens:
            window = min(window, weights.context_tokens)
        needed = weights.bytes_needed(window) + (self._cache_mib << 20) + _ELSE_BYTES
        free = free_bytes()
        if needed > free:
            raise _unavailable(
                self.name,
                f"it takes {_megabytes(needed)} of memory with a window of {window} tokens, and "
                f"{_megabytes(free)} are free; set a smaller context_tokens in project.toml, name "
                f"a smaller model, or end other programs",
            )
        return window

    def _pause(self, seconds: float) -> None:
        """Wait between two tries, unless there is nobody left to ask."""
        if self._server is not None and not self._server.serves():
            raise self._gone(self._server)
        self._ending.wait(seconds)

    def _gone(self, server: LocalServer) -> ModelUnavailable:
        if self._ending.is_set():
            return _unavailable(self.name, "its server was ended, since the run is ending")
        return _unavailable(self.name, f"its server came to an end: {server.end()}")


def whereabouts(table: ModelTable, root: Path) -> tuple[bool, str]:
    """Whether a local model can be asked at once, and where its weights lie or how to get them."""
    try:
        _require_llama(table.name)
        if not _is_smollm2(table):
            weights = _file(table, root)
            window = f", window {weights.context_tokens} tokens" if weights.context_tokens else ""
            return True, f"{weights.path}, {_megabytes(weights.size)}{window}"
    except ModelUnavailable as error:
        return False, str(error)
    path = smollm2_path()
    if smollm2_is_whole():
        return True, f"{path}, {_megabytes(SMOLLM2_BYTES)}, checked"
    return False, f"not fetched yet: the first run fetches {_megabytes(SMOLLM2_BYTES)} to {path}"


def _is_smollm2(table: ModelTable) -> bool:
    return table.name == _SMOLLM2


def _require_llama(name: str) -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        raise _unavailable(
            name,
            "it needs the extra `local`: pip install 'specloop[local]' ('.[local]' in a checkout)",
        )


def _file(table: ModelTable, root: Path) -> Gguf:
    path = root / table.name.partition("/")[2]
    try:
        return read_gguf(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _unavailable(
            table.name,
            f"cannot use {str(path)!r}: {reason}; write local/FILE.gguf, FILE being the path of a "
            f"GGUF file, absolute or from the project's root, or local/smollm2",
        ) from error


def _megabytes(size: int) -> str:
    return f"{size // MEGABYTE} MB"


def _unavailable(name: str, text: str) -> ModelUnavailable:
    return ModelUnavailable(f"model {name!r}: {text}")
