import sys
from pathlib import Path

# The command line's tests, which need not be collected with these, have what types commands.
sys.path.append(str(Path(__file__).parents[1] / "cli"))
