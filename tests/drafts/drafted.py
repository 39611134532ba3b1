"""Sources to import, and what `check` says of the drafts that come of them."""

from pathlib import Path

from specloop.drafts.importing.layouts import import_drafts
from specloop.errors import InvalidInput
from specloop.spec.document import SpecDocument
from specloop.spec.problems import Problems
from specloop.spec.read import read_project
from specloop.spec.yaml_node import plain
from specloop.spec.yaml_text import read_yaml

FIXTURES = Path(__file__).parent / "fixtures"
SPEC_KIT, OPENSPEC, KIRO = (FIXTURES / name for name in ("spec_kit", "openspec", "kiro"))


def written(root, files):
    """A folder with these files, given as texts or bytes."""
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def drafts_of(path, kind="auto"):
    """The documents of the drafts by their names, and the whole of what was imported."""
    imported = import_drafts(path, kind)
    return {draft.draft.name: document(draft.text) for draft in imported.drafts}, imported


def document(text):
    """A draft as our own reader reads it: without any error of YAML."""
    problems = Problems("any")
    tree = read_yaml(text, problems)
    assert not problems.found, (problems.found, text)
    return SpecDocument.model_validate(plain(tree))


def text_of(imported, name):
    return next(draft.text for draft in imported.drafts if draft.draft.name == name)


def dropped(imported):
    """What was left out, as `path:line reason`."""
    return [f"{d.place.path}:{d.place.line} {d.reason}" for d in imported.dropped]


def codes(imported, root):
    """The codes of what `check` finds in the drafts, written to a project in `root`."""
    written(root, {"project.toml": '[project]\nname = "any"\nspecs = ["drafts/*.yaml"]\n'})
    written(root, {f"drafts/{draft.draft.name}.yaml": draft.text for draft in imported.drafts})
    try:
        read_project(root)
    except InvalidInput as error:
        return {finding.code for finding in error.findings}
    return set()
