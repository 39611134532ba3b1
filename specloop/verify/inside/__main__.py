"""The way in, by path: `python FOLDER serve | once | run DESCRIPTOR`, or `python FOLDER probe`.

This folder is loaded as a package under a name of its own, which is forgotten before any code of
the project runs: that may well have modules named like the files here.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

NAME = "specloop_inside"


def _load() -> None:
    folder = Path(sys.path.pop(0))  # its files are no one's to import by their bare names
    spec = importlib.util.spec_from_file_location(
        NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    sys.modules[NAME] = importlib.util.module_from_spec(spec)


if __name__ == "__main__":
    _load()
    if sys.argv[1] == "probe":
        importlib.import_module(f"{NAME}.probe").main()
    else:
        importlib.import_module(f"{NAME}.server").start(sys.argv[1], int(sys.argv[2]))
