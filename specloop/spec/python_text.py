"""Python that a user wrote into a spec: parsed and compiled, never run."""

import ast
import io
import tokenize
import warnings

_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def check_statements(source: str) -> None:
    """Raise SyntaxError unless `source` is statements; `await` may stand anywhere in them."""
    _compile(source, "exec")


def check_expression(source: str) -> ast.expr:
    """The tree of one expression; SyntaxError if it is none."""
    _compile(source, "eval")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source.strip(), mode="eval").body


def parse(source: str) -> ast.Module:
    """The tree of `source`; SyntaxError for whatever keeps it from having one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
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
    with warnings.catch_warnings():  # doubtful escapes and comparisons are the user's affair
        warnings.simplefilter("ignore")
        try:
            compile(source.strip() if mode == "eval" else source, "<spec>", mode, _FLAGS, True)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(f"it cannot be compiled ({type(error).__name__})") from error
