"""Example rows, from text to values; row.py says what they look like.

`raises` and `logs` are no operators of Python: one of them right after the end of an expression
can only be ours. Tokens tell, so neither they nor `;` are found inside a string.
"""

import ast
import keyword
import re
import tokenize
from tokenize import TokenInfo

from specloop.spec.nearest import did_you_mean
from specloop.spec.python_text import check_expression, check_statements, tokens
from specloop.spec.row import CheckKind, Row

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_ROW = re.compile(r"\s*([A-Za-z][0-9]+(?:\s*,\s*[A-Za-z][0-9]+)*)\s*:(.*)", re.DOTALL)
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_NO_CONTENT = {
    tokenize.NEWLINE,
    tokenize.NL,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.COMMENT,
}


class RowError(Exception):
    """A row cannot be read; `code` is that of the finding."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def parse_row(text: str, line: int, number: int, held_out: bool = False) -> Row:
    """The row on `line`; RowError says why it is none."""
    match = _ROW.fullmatch(text)
    if match is None:
        shown = text.strip()[:60]
        raise RowError(
            "R101", f"{shown!r} does not begin with requirement ids, as in `V1: f() == 1`"
        )
    ids = tuple(part.strip() for part in match[1].split(","))
    body = match[2].strip()
    if not body:
        raise RowError("R105", "nothing follows the ids; add a check, as in `V1: f() == 1`")
    content, parts = _split(body)
    setup = tuple(_source(body, part) for part in parts[:-1])
    for statement in setup:
        _check(statement)
    kind, expression, name, wanted = _parse_check(body, parts[-1])
    tree = _expression(expression)
    if kind == "true" and isinstance(tree, ast.Tuple | ast.Constant):
        text = f"{expression[:60]!r} says nothing of the module; compare it with something"
        raise RowError("R105", text)
    return Row(ids, setup, kind, expression, name, wanted, content, line, number, held_out)


def _split(body: str) -> tuple[str, list[list[TokenInfo]]]:
    """The body without its comment, and the tokens of each part between `;`."""
    try:
        found = [token for token in tokens(body) if token.type not in _NO_CONTENT]
    except SyntaxError as error:
        raise RowError("R103", f"not Python: {error.msg}") from None
    if not found or found[-1].end[0] > 1:
        raise RowError("R103", "a row is one line of Python; join it, or move a part into `setup`")
    parts: list[list[TokenInfo]] = [[]]
    for token in found:
        if token.type == tokenize.OP and token.string == ";":
            parts.append([])
        else:
            parts[-1].append(token)
    if not all(parts):
        raise RowError("R103", "nothing stands before or after a `;`; remove it")
    return body[: found[-1].end[1]], parts


def _source(body: str, part: list[TokenInfo]) -> str:
    return body[part[0].start[1] : part[-1].end[1]]


def _check(statement: str) -> None:
    try:
        check_statements(statement)
        check_statements(f"async def row():\n    {statement}")
    except SyntaxError as error:
        raise RowError("R103", f"{statement[:60]!r} is not a statement: {error.msg}") from None


def _expression(source: str) -> ast.expr:
    try:
        return check_expression(source)
    except SyntaxError as error:
        text = f"the check {source[:60]!r} is not an expression: {error.msg}"
        raise RowError("R103", text) from None


def _parse_check(body: str, part: list[TokenInfo]) -> tuple[CheckKind, str, str, str | None]:
    """The kind of the check, its expression, the name and the text that it asks for."""
    at = _word(part)
    if at is None:
        return "true", _source(body, part), "", None
    expression = _source(body, part[:at])
    after = body[part[at].end[1] : part[-1].end[1]].strip()
    name_match = _NAME.match(after)
    name = name_match[0] if name_match else ""
    rest = after[len(name) :].strip()
    if part[at].string == "raises":
        if not name or any(keyword.iskeyword(word) for word in name.split(".")):
            raise RowError("R104", "`raises` needs an exception, as in `f() raises ValueError`")
        return "raises", expression, name, _text(rest, "raises")
    if name not in LEVELS:
        raise RowError("R104", f"{name!r} is not a log level{did_you_mean(name, LEVELS)}")
    text = _text(rest, "logs")
    if text is None:
        raise RowError("R104", f'`logs {name}` needs a text, as in `f() logs {name} "saved"`')
    return "logs", expression, name, text


def _word(part: list[TokenInfo]) -> int | None:
    """Where `raises` or `logs` stands outside brackets and right after an expression."""
    depth = 0
    for at, token in enumerate(part):
        if token.type == tokenize.OP and token.string in "([{":
            depth += 1
        elif token.type == tokenize.OP and token.string in ")]}":
            depth -= 1
        elif depth == 0 and token.string in ("raises", "logs") and _follows_expression(part, at):
            return at
    return None


def _follows_expression(part: list[TokenInfo], at: int) -> bool:
    if at == 0:
        return False
    token = part[at - 1]
    if token.type == tokenize.NAME:
        return not keyword.iskeyword(token.string) or token.string in ("True", "False", "None")
    if token.type == tokenize.OP:
        return token.string in (")", "]", "}", "...")
    return (
        token.type in (tokenize.NUMBER, tokenize.STRING)
        or tokenize.tok_name[token.type] == "FSTRING_END"
    )


def _text(source: str, word: str) -> str | None:
    """The string that the message must contain, or None where none is asked for."""
    if not source:
        return None
    try:
        value = ast.literal_eval(check_expression(source))
    except (ValueError, SyntaxError):
        value = None
    if not isinstance(value, str):
        raise RowError("R104", f"after `{word} NAME` comes one text in quotes, not {source!r}")
    return value
