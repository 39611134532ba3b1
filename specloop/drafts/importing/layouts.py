"""An import, from a path to drafts: which tool's layout it is, what it says, what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from specloop.drafts.importing import kiro, openspec, spec_kit
from specloop.drafts.importing.apportion import apportion
from specloop.drafts.importing.compose import MAX_ITEMS, write_draft
from specloop.drafts.importing.draft import Feature, Imported, Written
from specloop.drafts.importing.source import Source
from specloop.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Layout:
    """How a tool lays out its files.

    `folders` are those below a root that a path may lie in, `files` says what is looked for.
    """

    folders: tuple[str, ...]
    files: str
    recognised: Callable[[Path], bool]
    read: Callable[[Source], tuple[Feature, ...]]


LAYOUTS = {
    "spec-kit": Layout(
        spec_kit.FOLDERS,
        "specs/NAME/spec.md or .specify/",
        spec_kit.recognised,
        spec_kit.read,
    ),
    "openspec": Layout(
        openspec.FOLDERS,
        "openspec/specs/ or openspec/changes/",
        openspec.recognised,
        openspec.read,
    ),
    "kiro": Layout(kiro.FOLDERS, ".kiro/specs/", kiro.recognised, kiro.read),
}


def import_drafts(path: Path, kind: str) -> Imported:
    """The drafts of what `path` holds, or of what it is a part of; nothing is written.

    `kind` is a name in LAYOUTS, or "auto". Raises InvalidInput where no layout is recognised.
    """
    try:
        scope = path.resolve(strict=True)
    except (OSError, RuntimeError):
        text = f"{str(path)!r} does not exist, or is a link to nothing"
        raise InvalidInput(f"{text}; give the root of a repository") from None
    kind, root = _recognise(path, scope, kind)
    source = Source(root, scope)
    found = LAYOUTS[kind].read(source)
    drafts: list[Written] = []
    for draft in apportion(found, source):
        written = write_draft(draft)
        if written is None:
            place = draft.sources[0]
            text = f"{draft.title!r}, more than 1 MB or {MAX_ITEMS} items: divide it in the source"
            source.drop(place.path, place.line, text)
        else:
            drafts.append(written)
    dropped = tuple(sorted(set(source.dropped), key=lambda found: found.place))
    return Imported(kind, str(root), tuple(drafts), dropped, tuple(source.settings))


def _recognise(path: Path, scope: Path, kind: str) -> tuple[str, Path]:
    asked = list(LAYOUTS) if kind == "auto" else [kind]
    for root in (scope, *scope.parents):
        kinds = [name for name in asked if _holds(LAYOUTS[name], root, scope)]
        if len(kinds) > 1:
            text = f"{str(root)!r} holds the layouts of {' and '.join(kinds)}"
            raise InvalidInput(f"{text}; choose one with --kind")
        if kinds:
            return kinds[0], root
    looked_for = "; ".join(f"{name}: {LAYOUTS[name].files}" for name in asked)
    text = f"no layout that is known in {str(path)!r}, nor around it (looked for {looked_for})"
    raise InvalidInput(f"{text}; give the root of a repository with one, or a path inside it")


def _holds(layout: Layout, root: Path, scope: Path) -> bool:
    inside = scope == root or any(scope.is_relative_to(root / name) for name in layout.folders)
    return inside and layout.recognised(root)
