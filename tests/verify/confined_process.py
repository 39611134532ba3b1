"""A process that is confined as ordered and then does what a test says."""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import specloop.verify.inside

INSIDE = Path(specloop.verify.inside.__file__).parent
_PRELUDE = """
import errno, json, os, sys, traceback
from importlib import util
spec = util.spec_from_file_location(
    "specloop_inside", sys.argv[1] + "/__init__.py", submodule_search_locations=[sys.argv[1]]
)
sys.modules[spec.name] = util.module_from_spec(spec)
from specloop_inside import confine, kernel, landlock, seccomp, syscalls, user

given = json.loads(sys.argv[2])

def refusal(attempt):
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno]
    return ""

def tell(**facts):
    print(json.dumps(facts))
"""


def confined(order, body, *, prelude="", prefix=(), **given):
    """What `body`, confined by `order`, says with `tell` at its end; `prelude` runs before."""
    source = "\n".join(
        [
            _PRELUDE,
            dedent(prelude),
            "import asyncio, ctypes, mmap, pathlib, resource, shutil, signal, socket, subprocess",
            "layers = confine.confine(given.pop('order'))",
            dedent(body),
        ]
    )
    asked = json.dumps({**given, "order": order})
    done = subprocess.run(
        [*prefix, sys.executable, "-B", "-c", source, str(INSIDE), asked],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])
