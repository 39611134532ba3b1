"""What specloop costs, as ratios within one run: `make bench`.

Processor time is that of the measured process and all it starts; the least of several runs counts,
since whatever else goes on only ever adds.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

SPECLOOP = str(Path(sys.executable).with_name("specloop"))
ROUNDS = 9

Row = tuple[str, float, float, str]  # what, its seconds, its ratio, the most that should be


def processor_seconds(command: Sequence[str], folder: Path, forget: Path | None = None) -> float:
    """The least processor time of a command, which `forget` is deleted before each run of."""
    best = float("inf")
    for _ in range(ROUNDS):
        if forget:
            forget.unlink(missing_ok=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, used)
    return best


def start_up(folder: Path) -> list[Row]:
    """The commands that people type while they wait, against the import of click."""
    subprocess.run([SPECLOOP, "init", "slug", "--example", "slug"], cwd=folder, check=True)
    project = folder / "slug"
    subprocess.run([SPECLOOP, "run", "-q"], cwd=project, check=True, capture_output=True)
    base = processor_seconds([sys.executable, "-c", "import click"], project)
    help_, status = [SPECLOOP, "--help"], [SPECLOOP, "status"]
    cold = processor_seconds(status, project, forget=project / ".specloop" / "status.json")
    warm = processor_seconds(status, project)
    return [
        ('`python -c "import click"`', base, 1.0, ""),
        ("`specloop --help`", (used := processor_seconds(help_, project)), used / base, "5"),
        ("`specloop status`", warm, warm / base, "5"),
        ("`specloop status`, the first after a change", cold, cold / base, ""),
    ]


def as_page(rows: Sequence[Row]) -> str:
    """The results as a page of the documentation."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Times are processor time, the least of "
        f"{ROUNDS} runs; machines differ, so the ratios count.",
        "",
        f"{date.today().isoformat()}, Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores.",
        "",
        "## Start-up, on the finished example `slug`",
        "",
        "| command | seconds | ratio | at most |",
        "|---|---|---|---|",
    ]
    lines += [f"| {n} | {s:.3f} | {r:.1f} | {most} |" for n, s, r, most in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the page if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="write the page to this file")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        page = as_page(start_up(Path(folder)))
    print(page)
    if asked.write:
        asked.write.write_text(page)


if __name__ == "__main__":
    main()
