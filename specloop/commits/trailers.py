"""Commit messages: a subject, a body, and trailers as `git interpret-trailers` reads them."""

import re

from specloop.ports import CommitRequest

_TRAILER = re.compile(r"([A-Za-z0-9-]+)[ \t]*:(.*)", re.DOTALL)
_GENERATED = ("Signed-off-by: ", "(cherry picked from commit ")


def message(request: CommitRequest) -> str:
    """The whole message of the commit, a function of the request alone."""
    trailers = "\n".join(f"{name}: {_one_line(value)}" for name, value in request.trailers)
    # Git takes a line of three dashes for the end of a message.
    body = re.sub(r"^---", " ---", request.body.strip(), flags=re.MULTILINE)
    parts = (_one_line(request.subject), body, trailers)
    return "\n\n".join(part for part in parts if part).replace("\0", "") + "\n"


def parse_trailers(text: str) -> dict[str, str]:
    """The trailers of a message by their names; of one that is repeated, the last."""
    _title, *lines = text.rstrip().split("\n")
    blanks = [number for number, line in enumerate(lines) if not line.strip()]
    if not blanks:
        return {}  # the first paragraph is the title, whatever it looks like
    block = _unfolded(lines[blanks[-1] + 1 :])
    if not _is_trailer_block(block):
        return {}
    found = [_TRAILER.fullmatch(line) for line in block]
    return {match[1]: match[2].strip() for match in found if match}


def _unfolded(lines: list[str]) -> list[str]:
    """The lines with each that begins with a blank joined to the one before; no comments."""
    joined: list[str] = []
    for line in lines:
        if line.startswith("#"):
            continue
        if line[:1].isspace() and joined:
            joined[-1] += " " + line.strip()
        else:
            joined.append(line)
    return joined


def _is_trailer_block(block: list[str]) -> bool:
    """Git's rule: all lines are trailers; or a quarter are, one of them written by git itself."""
    generated = [line for line in block if line.startswith(_GENERATED)]
    trailers = [line for line in block if line.startswith(_GENERATED) or _TRAILER.fullmatch(line)]
    others = len(block) - len(trailers)
    return bool(trailers) and (not others or (bool(generated) and len(trailers) * 3 >= others))


def _one_line(text: str) -> str:
    return " ".join(text.split())
