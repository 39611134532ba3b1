"""The values of a commit's trailers, written and read."""

import re
from collections.abc import Mapping

from specloop.attempt.completion import Usage
from specloop.attempt.report import TestReport
from specloop.spec.row_tests import is_held_out

_PART = r"[\w-]+( [\w-]+)? [0-9a-f]{12}"


def tests(report: TestReport) -> str:
    """What passed, as "14 passed, 3 held out": the held-out rows are among the 14."""
    held_out = sum(is_held_out(node_id) for node_id in report.passed)
    return f"{len(report.passed)} passed, {held_out} held out"


def tokens(usage: Usage) -> str:
    """Tokens, as "5120 in, 2048 cached, 1890 out"."""
    return f"{usage.input_tokens} in, {usage.cached_tokens} cached, {usage.output_tokens} out"


def cost(usd: float | None) -> str:
    """A price, as "0.0041 USD", or "unpriced"."""
    return "unpriced" if usd is None else f"{usd:.4f} USD"


def parts(digests: Mapping[str, str]) -> str:
    """The parts that a module was built from, as "interface 0123456789ab, body …, uses text …"."""
    return ", ".join(f"{name} {_short(digest)}" for name, digest in digests.items())


def changed_parts(value: str, digests: Mapping[str, str]) -> tuple[str, ...] | None:
    """The names of the parts that are not what `value`, written by `parts`, says.

    Also those that are in one of them only. None where the value has another form.
    """
    if not re.fullmatch(rf"{_PART}(, {_PART})*", value):
        return None
    then = dict(part.rsplit(" ", 1) for part in value.split(", "))
    now = {name: _short(digest) for name, digest in digests.items()}
    return tuple(name for name in {**now, **then} if now.get(name) != then.get(name))


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def read_tests(value: str) -> tuple[int, int]:
    """The two numbers of `tests`; zeros where the text is something else."""
    found = re.fullmatch(r"([0-9]{1,12}) passed, ([0-9]{1,12}) held out", value)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def read_tokens(value: str, calls: int) -> Usage:
    """The usage of `calls` calls, from the value of `tokens`."""
    found = re.fullmatch(r"([0-9]{1,12}) in, ([0-9]{1,12}) cached, ([0-9]{1,12}) out", value)
    return Usage(calls, *(int(number) for number in found.groups())) if found else Usage(calls)


def read_cost(value: str) -> float | None:
    """The price, or None where it is not known."""
    found = re.fullmatch(r"([0-9]{1,12}\.[0-9]{1,12}) USD", value)
    return float(found[1]) if found else None
