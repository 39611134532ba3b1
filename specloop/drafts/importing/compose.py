"""Drafts written as specs: where each thing comes from stands above it, what is open in it."""

from collections.abc import Iterable, Sequence

from specloop.drafts.importing.draft import Draft, Place, RowToWrite, Rule, Written
from specloop.drafts.importing.rules import OPEN, as_item
from specloop.spec.document import SpecDocument
from specloop.spec.problems import MAX_BYTES
from specloop.spec.render import render_spec
from specloop.spec.requirement import CATEGORIES

MAX_ITEMS = 2000  # of one draft; nobody could look through more
_EXPORTS = f"{OPEN}: which names does it export? Write their signatures under `exports`"
_SHOWN = 3  # places of signatures that are named; one leads to those beside it
_ROWS = f"{OPEN}: what shows that it is right? Write example rows, or name test files"


def write_draft(draft: Draft) -> Written | None:
    """The text of a draft; None where it would be larger than a spec may be."""
    if len(draft.rules) + len(draft.rows) > MAX_ITEMS:
        return None
    lists = {name: [r for r in draft.rules if r.category == name] for name in CATEGORIES}
    lists = {name: rules for name, rules in lists.items() if rules}
    asked = [_exports(draft.signatures)] + ([_ROWS] if not draft.tests else [])
    keys: dict[str, object] = {
        "task": _task(draft),
        "file": draft.file or f"{OPEN}: which file is {draft.name} to be?",
        "requirements": {
            name: [as_item(name, rule.text) for rule in rules] for name, rules in lists.items()
        },
        "dependencies": draft.dependencies,
        "constraints": asked,
        "examples": _rows(draft.rows, _ids(lists)),
        "tests": draft.tests,
        "from": list(dict.fromkeys(map(str, draft.sources))),
    }
    kept = {key: value for key, value in keys.items() if value or key == "dependencies"}
    comments: dict[tuple[str | int, ...], list[str]] = {
        ("requirements", name, place): [_origin(rule)]
        for name, rules in lists.items()
        for place, rule in enumerate(rules)
    }
    comments["constraints",] = ["Remove these when they are answered."]
    if sum(len(str(value)) for value in kept.values()) > MAX_BYTES:
        return None
    text = render_spec(SpecDocument.model_validate(kept), comments)
    if len(text.encode()) > MAX_BYTES:
        return None
    counts = {name: len(rules) for name, rules in lists.items()}
    return Written(draft, text, counts | {"rows_to_write": len(draft.rows)}, _open_points(text))


def _task(draft: Draft) -> str:
    title = draft.title or draft.name
    about = [text for text in dict.fromkeys(draft.about) if text != title]
    return "\n".join([title, "", *about]) + "\n" if about else title


def _exports(signatures: Sequence[Place]) -> str:
    if not signatures:
        return _EXPORTS
    more = f" and {len(signatures) - _SHOWN} more" if len(signatures) > _SHOWN else ""
    return f"{_EXPORTS} (see {', '.join(map(str, signatures[:_SHOWN]))}{more})"


def _origin(rule: Rule) -> str:
    return f"from: {rule.place}" + (f" ({rule.note})" if rule.note else "")


def _ids(lists: dict[str, list[Rule]]) -> dict[str, str]:
    """The ids that rules have in the draft, by those that they have in the source."""
    return {
        rule.id: f"{CATEGORIES[name]}{place}"
        for name, rules in lists.items()
        for place, rule in enumerate(rules, 1)
        if rule.id
    }


def _rows(rows: Iterable[RowToWrite], ids: dict[str, str]) -> str:
    lines = []
    for row in rows:
        known = [ids[id_] for id_ in row.about if id_ in ids]
        about = f", for {', '.join(known)}" if known else ""
        lines += [f"# from: {row.place}{about}", f"# row to write: {row.text}"]
    return "\n".join(lines) + "\n" if lines else ""


def _open_points(text: str) -> int:
    lines = (line for line in text.split("\n") if not line.lstrip().startswith("#"))
    return sum(OPEN in line for line in lines)
