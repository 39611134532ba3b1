"""What code compiles to: the same means that no test can tell."""

from types import CodeType

Behaviour = tuple[object, ...]


def behaviour(code: str) -> Behaviour | None:
    """All that decides what the code does, without the places it stands at; None: no Python."""
    try:
        return _of(compile(code, "<mutant>", "exec", dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _of(code: CodeType) -> Behaviour:
    return (
        *(code.co_name, code.co_flags, code.co_code, code.co_exceptiontable),
        *(code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        *(code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars),
        *(_constant(value) for value in code.co_consts),
    )


def _constant(value: object) -> object:
    """A constant such that 1, 1.0 and True differ, and 0.0 and -0.0."""
    match value:
        case CodeType():
            return _of(value)
        case tuple():
            return tuple(_constant(item) for item in value)
        case frozenset():
            return frozenset(_constant(item) for item in value)
        case _:
            return type(value).__name__, repr(value)
