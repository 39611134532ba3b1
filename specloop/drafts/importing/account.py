"""What an import tells: which drafts there are, what is open in them, what was left out."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import groupby

from specloop.drafts.importing.draft import Dropped, Imported, Written
from specloop.drafts.importing.project_toml import settings_lines


def account_text(imported: Imported, paths: Mapping[str, str]) -> str:
    """The account for people; `paths` are those of the drafts by their modules' names."""
    open_points = sum(written.open_points for written in imported.drafts)
    found = f"{_count(len(imported.drafts), 'draft')}, {_count(open_points, 'open point')}"
    lines = [f"{imported.kind} in {imported.root}: {found}"]
    for written in imported.drafts:
        lines += _draft_lines(written, paths[written.draft.name])
    if suggested := settings_lines(imported.settings):
        lines += ["", "for project.toml:", *(f"  {line}" for line in suggested)]
    unclear = [found for found in imported.settings if not found.usable]
    if unclear:
        lines += ["", "for project.toml, to look at:"]
    lines += (f"  {found.key}: {found.text}  ({found.place})" for found in unclear)
    if imported.dropped:
        lines += ["", "not taken over:"]
    lines += _dropped_lines(imported.dropped)
    return "\n".join(lines)


def account_data(imported: Imported, paths: Mapping[str, str]) -> dict[str, object]:
    """The same as data."""
    return {
        "kind": imported.kind,
        "root": imported.root,
        "drafts": [
            {
                "path": paths[written.draft.name],
                "module": written.draft.name,
                "file": written.draft.file or None,
                "from": [str(place) for place in dict.fromkeys(written.draft.sources)],
                "items": written.counts,
                "open_points": written.open_points,
                "text": written.text,
            }
            for written in imported.drafts
        ],
        "settings": [
            {
                "key": found.key,
                "text": found.text,
                "usable": found.usable,
                **asdict(found.place),
            }
            for found in imported.settings
        ],
        "dropped": [{"reason": found.reason, **asdict(found.place)} for found in imported.dropped],
    }


def _draft_lines(written: Written, path: str) -> list[str]:
    draft = written.draft
    counts = {**written.counts, "open_points": written.open_points}
    told = [f"{name.replace('_', ' ')} {number}" for name, number in counts.items() if number]
    places = list(dict.fromkeys(map(str, draft.sources)))
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    return [
        f"{path}: {draft.file or 'file unknown'}: {', '.join(told)}",
        f"  from {', '.join(places[:3])}{more}",
    ]


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _dropped_lines(dropped: Iterable[Dropped]) -> Iterable[str]:
    """One line for each file and reason, with the lines of the file."""
    found = sorted(dropped, key=lambda d: (d.place.path, d.reason, d.place.line))
    for (path, reason), same in groupby(found, key=lambda d: (d.place.path, d.reason)):
        yield f"  {path}: {_spans([each.place.line for each in same])}: {reason}"


def _spans(numbers: Iterable[int]) -> str:
    """Lines such as "line 3" or "lines 3, 7-9"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number <= spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = ", ".join(f"{low}-{high}" if low < high else str(low) for low, high in spans)
    return ("lines " if len(spans) > 1 or spans[0][0] < spans[0][1] else "line ") + shown
