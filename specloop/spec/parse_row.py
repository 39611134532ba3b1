"""Example rows, from text to values; row.py says what they look like.

`raises` and `logs` are no operators of Python: one of them right after the end of an expression
can only be ours. Tokens tell, so neither they nor `;` are found inside a string.
"""

import ast
import keyword
import re
import tokenize
from collections.abc import Iterator
from tokenize import TokenInfo

from specloop.spec.nearest import did_you_mean
from specloop.spec.python_text import check_expression, check_statements, parse, tokens
from specloop.spec.row import CheckKind, Row

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Of syntax trees, so that whatever reads a row may do so by recursion.
_DEEPEST = 100
# Python takes these for true, or for false, whatever is in them.
_DISPLAYS = (ast.Constant, ast.JoinedStr, ast.Tuple, ast.List, ast.Set, ast.Dict)
# A statement that is one of these has no effect: a check was meant.
_NO_EFFECT = (ast.Compare, ast.BoolOp, ast.Name, *_DISPLAYS)

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
    tree = _expression(expression, parts[-1])
    if kind == "true" and _is_always_true(tree):
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
        tree = parse(statement)
    except SyntaxError as error:
        raise RowError("R103", f"{statement[:60]!r} is not a statement: {error.msg}") from None
    _check_depth(tree, statement)
    if _has_no_effect(tree.body[0]):
        text = f"`{statement[:60]}` is not checked: only what stands after the last `;` is"
        raise RowError("R105", f"{text}; write `and`, or two rows")


def _is_always_true(check: ast.expr) -> bool:
    """Whether a check asks nothing: it is a literal, or one stands behind an `or`."""
    match check:
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(isinstance(value, ast.Constant) and value.value for value in values)
    return isinstance(check, _DISPLAYS)


def _has_no_effect(statement: ast.stmt) -> bool:
    if any(isinstance(node, ast.NamedExpr) for node in ast.walk(statement)):
        return False
    match statement:
        case ast.Expr(value=ast.UnaryOp(op=ast.Not())):
            return True
        case ast.Expr(value=value):
            return isinstance(value, _NO_EFFECT)
    return False


def _expression(source: str, part: list[TokenInfo]) -> ast.expr:
    try:
        tree = check_expression(source)
    except SyntaxError as error:
        text = f"the check {source[:60]!r} is not an expression: {_advice(part) or error.msg}"
        raise RowError("R103", text) from None
    _check_depth(tree, source)
    return tree


def _advice(part: list[TokenInfo]) -> str:
    """What to write instead of a check that is no expression, if its tokens tell."""
    if part[0].string == "assert":
        return "leave out `assert`"
    signs = [token.string for _, token in _outside_brackets(part) if token.type == tokenize.OP]
    if "->" in signs or "=" in signs:
        return "write `==` to compare; after an assignment comes a check, as in `a = f(); a == 1`"
    return ""


def _check_depth(tree: ast.AST, source: str) -> None:
    level, depth = [tree], 0
    while level:
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        depth += 1
    if depth > _DEEPEST:
        text = f"{source[:60]!r} is too deeply nested; move a part of it into `setup`"
        raise RowError("R103", text)


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
    for at, token in _outside_brackets(part):
        if token.string in ("raises", "logs") and _follows_expression(part, at):
            return at
    return None


def _outside_brackets(part: list[TokenInfo]) -> Iterator[tuple[int, TokenInfo]]:
    """The tokens that are neither brackets nor inside of some, each with its place."""
    depth = 0
    for at, token in enumerate(part):
        if token.type == tokenize.OP and token.string in "([{":
            depth += 1
        elif token.type == tokenize.OP and token.string in ")]}":
            depth -= 1
        elif depth == 0:
            yield at, token


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
