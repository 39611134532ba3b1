"""What mutants change, in short."""

from specloop.strength.mutant import Mutant, mutants


def changes(code: str, operator: str = "") -> list[str]:
    """The lines that mutants put in, of one operator or of all, without indentation."""
    return [new_line(mutant) for mutant in mutants(code) if operator in ("", mutant.operator)]


def new_line(mutant: Mutant) -> str:
    lines = [line[1:].strip() for line in mutant.diff.splitlines() if line.startswith("+")]
    return " / ".join(lines)
