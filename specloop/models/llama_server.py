"""llama.cpp's server in a process of its own: no crash of it ends a run.

`python -P -m specloop.models.llama_server` reads an order, one line of JSON, from standard input
and writes the address it then serves at to standard output. It ends when standard input does: the
kernel closes that pipe however the process at its other end came to its end.
"""

import fcntl
import json
import os
import select
import signal
import sys
from typing import Any

import xllamacpp


def main() -> None:
    """Serve until standard input ends."""
    order = json.loads(sys.stdin.readline())
    _die_with_the_pipe()
    # Whatever the library prints must not be taken for the address.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        server = xllamacpp.Server(_parameters(order))
    except RuntimeError as error:
        sys.exit(str(error))  # the library has said before what it is about
    print(server.listening_address, file=answer, flush=True)
    sys.stdin.read()
    os._exit(0)  # without waiting for answers that nobody will read


def _parameters(order: dict[str, Any]) -> xllamacpp.CommonParams:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = order["model"]
    parameters.n_ctx = order["context_tokens"]
    parameters.cpuparams.n_threads = order["threads"]
    parameters.cpuparams_batch.n_threads = order["threads"]
    # Everything below this path and nothing beside it: others on this machine do not know it.
    parameters.api_prefix = order["prefix"]
    parameters.n_parallel = 1
    parameters.cache_prompt = order["cache_mib"] > 0
    parameters.cache_ram_mib = order["cache_mib"]
    parameters.warmup = False
    parameters.ui = False
    parameters.verbosity = 1  # errors
    return parameters


def _die_with_the_pipe() -> None:
    """Have the kernel end this process with the pipe, where it can.

    The library holds the interpreter while it loads a model, which may take minutes.
    """
    if sys.platform != "linux":
        return
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(sys.stdin, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(sys.stdin, fcntl.F_SETFL, fcntl.fcntl(sys.stdin, fcntl.F_GETFL) | os.O_ASYNC)
    pipe = select.poll()
    pipe.register(sys.stdin, 0)
    if pipe.poll(0):  # it was closed before anybody could be told
        sys.exit("the run has ended")


if __name__ == "__main__":
    main()
