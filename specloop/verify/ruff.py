"""The rules of [style] ruff, checked by ruff itself, whatever settings lie about."""

import json
import subprocess
import sys
from typing import Any

from specloop.attempt.report import StaticFinding
from specloop.errors import RunnerUnavailable
from specloop.ports import StaticJob

LINE_LENGTH = 88
NEWEST = 13  # the newest Python 3 that every ruff we allow has heard of


def check(job: StaticJob) -> list[StaticFinding]:
    """What ruff finds; a comment in the code does not silence it."""
    rules = job.ruff
    if not rules:
        return []
    command = [
        *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--ignore-noqa"),
        *("--quiet", "--output-format", "json", "--line-length", str(LINE_LENGTH)),
        *("--target-version", f"py3{min(sys.version_info.minor, NEWEST)}"),
        *("--config", f"lint.isort.known-first-party={sorted(job.first_party)}"),
        *("--select", ",".join(rules), "--stdin-filename", job.file, "-"),
    ]
    done = subprocess.run(
        command, input=job.code.encode(), capture_output=True, cwd=sys.prefix, check=False
    )
    if done.returncode not in (0, 1):
        raise RunnerUnavailable(
            f"ruff does not run: {done.stderr.decode(errors='replace').strip()}; "
            f"mend [style] ruff {list(rules)!r}, or install specloop anew"
        )
    return [_finding(item) for item in json.loads(done.stdout)]


def _finding(item: dict[str, Any]) -> StaticFinding:
    remedy = (item.get("fix") or {}).get("message")
    text = f"{item['message']}; {remedy}" if remedy else item["message"]
    return StaticFinding(item["location"]["row"], item["code"] or "syntax", text)
