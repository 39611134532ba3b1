"""Python as text, of a spec or of a reply: parsed and compiled, never run."""

import ast
import io
import threading
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_FILTERS = threading.Lock()  # warning filters belong to the process, not to a thread


@contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings: doubtful escapes and comparisons are the writer's affair."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def check_statements(source: str) -> None:
    """Raise SyntaxError unless `source` is statements; `await` may stand anywhere in them."""
    _compile(source, "exec")


def check_expression(source: str) -> ast.expr:
    """The tree of one expression; SyntaxError if it is none."""
    _compile(source, "eval")
    with _quiet():
        return ast.parse(source.strip(), mode="eval").body


def parse(source: str) -> ast.Module:
    """The tree of `source`; SyntaxError for whatever keeps it from having one."""
    with _quiet():
        try:
            return ast.parse(source)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(f"it cannot be parsed ({type(error).__name__})") from error


def tokens(source: str) -> list[tokenize.TokenInfo]:
    """The tokens of `source`; SyntaxError where it has none, as for an open bracket."""
    try:
        return list(tokenize.generate_tokens(io.StringIO(source).readline))
    except tokenize.TokenError as error:
        reason = str(error.args[0])
        if reason.startswith("EOF in multi-line"):
            reason = "a bracket or a quote is not closed"
        raise SyntaxError(reason) from error


def _compile(source: str, mode: str) -> None:
    with _quiet():
        try:
            compile(source.strip() if mode == "eval" else source, "<spec>", mode, _FLAGS, True)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(f"it cannot be compiled ({type(error).__name__})") from error
