"""One module spec, from the file to a value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from textwrap import indent

from pydantic import ValidationError

from specloop.spec import path_rules
from specloop.spec.document import SpecDocument
from specloop.spec.module import Accepted, Export, Ignored, ModuleSpec
from specloop.spec.nearest import did_you_mean
from specloop.spec.parse_export import parse_exports
from specloop.spec.parse_requirements import nothing, parse_requirements
from specloop.spec.parse_row import RowError, parse_row
from specloop.spec.problems import Problems, read_text
from specloop.spec.prose import check_texts
from specloop.spec.python_text import check_statements
from specloop.spec.requirement import CATEGORIES, Requirement
from specloop.spec.row import Row
from specloop.spec.settings import Settings
from specloop.spec.validation import explain
from specloop.spec.yaml_node import Mapping, Node, Scalar, Sequence, locate, plain
from specloop.spec.yaml_text import read_yaml

_CODES = {"unknown": "S106", "missing": "S107", "value": "S108"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A spec and where its parts stand.

    `spec.dependencies` are still the entries as written, packages among them.
    """

    spec: ModuleSpec
    tree: Mapping
    problems: Problems

    def line(self, *path: int | str) -> int:
        """The line of what stands at a path of keys and positions."""
        return locate(self.tree, path)


def read_spec(root: Path, path: str, settings: Settings, problems: Problems) -> SpecFile | None:
    """The spec at `path`; None, with problems, where it has no shape of a spec.

    A spec may come with problems, too: its shape is right, and a part is wrong.
    """
    fault = path_rules.missing(root, path)
    if fault is not None:
        problems.add(1, "S100", fault)
        return None
    text = read_text(root / path, problems, "S100")
    tree = None if text is None else read_yaml(text, problems)
    if tree is None:
        return None
    if not isinstance(tree, Mapping):
        problems.add(tree.line, "S108", "a spec is made of `key: value` lines, such as `task: …`")
        return None
    check_texts(tree, problems)
    document = _validated(tree, problems)
    if document is None:
        return None
    return SpecFile(_Reading(root, path, tree, document, problems).spec(settings), tree, problems)


def _validated(tree: Mapping, problems: Problems) -> SpecDocument | None:
    try:
        return SpecDocument.model_validate(plain(tree))
    except ValidationError as error:
        for path, kind, message in explain(error, SpecDocument):
            line = locate(tree, path)
            if kind == "missing" or not problems.has(line):
                problems.add(line, _CODES[kind], message)
        return None


class _Reading:
    """The parts of one document, each read and checked by a method of its own."""

    def __init__(
        self, root: Path, path: str, tree: Mapping, document: SpecDocument, problems: Problems
    ) -> None:
        self.root = root
        self.path = path
        self.tree = tree
        self.document = document
        self.problems = problems
        self.name = document.name or PurePosixPath(path).stem

    def spec(self, settings: Settings) -> ModuleSpec:
        document = self.document
        self._check_name()
        self._check_file(settings)
        self._check_passable(settings)
        task = document.task.strip()
        if not task:
            self._problem("S108", "task: say in words what the module is for", "task")
        before = len(self.problems.found)
        requirements = self._requirements()
        # With a faulty list the ids are not known, and every row would be one more error.
        known = len(self.problems.found) == before
        ids = [requirement.id for requirement in requirements] if known else None
        return ModuleSpec(
            name=self.name,
            path=self.path,
            title=task.partition("\n")[0].strip(),
            task=task,
            file=path_rules.normal(document.file),
            exports=self._exports(),
            requirements=requirements,
            dependencies=_items(document.dependencies),
            style=_items(document.style),
            constraints=_items(document.constraints),
            setup=self._setup(),
            rows=self._rows("examples", document.examples, ids),
            held_out=self._rows("held_out", document.held_out, ids),
            tests=self._tests(),
            limits=document.limits.model_dump(exclude_none=True),
            ignored=self._ignored(),
            accepted=self._accepted(ids),
        )

    def _problem(self, code: str, text: str, *path: int | str) -> None:
        self.problems.add(locate(self.tree, path), code, text)

    def _check_name(self) -> None:
        if not NAME.fullmatch(self.name) or self.name == "integration":
            text = f"{self.name!r} cannot name a module; set `name:` to letters, digits, _ and -"
            self._problem("S113", f"{text}, not 'integration'", "name")

    def _check_file(self, settings: Settings) -> None:
        if self.problems.has(locate(self.tree, ("file",))):
            return
        fault = path_rules.unfit_module_file(
            self.root, self.document.file, settings.project.pythonpath
        )
        if fault is not None:
            self._problem("S114", fault, "file")

    def _check_passable(self, settings: Settings) -> None:
        document = self.document
        own = bool(_items(document.tests)) or any(_has_rows(text) for text in document.examples)
        if document.write_tests:
            text = "`write_tests` is not available in this version; write `examples` or `tests`"
            self._problem("S117", text, "write_tests")
        elif document.checked_by and (own or document.held_out):
            text = "`checked_by` is for modules without tests of their own; remove it or them"
            self._problem("S116", text, "checked_by")
        elif document.checked_by and not settings.integration.tests:
            text = "`checked_by: integration` needs `tests` in [integration] of project.toml"
            self._problem("S116", text, "checked_by")
        elif not own and not document.checked_by:
            text = "nothing says when this module is right; add `examples`, `tests`, or"
            self._problem("S116", f"{text} `checked_by: integration`")

    def _requirements(self) -> tuple[Requirement, ...]:
        found: list[Requirement] = []
        for category in CATEGORIES:
            above = getattr(self.document, category)
            below = getattr(self.document.requirements, category)
            if above and below:
                text = f"{category!r} stands under `requirements` and at the top level; make it one"
                self._problem("S108", text, category)
            where = (category,) if above else ("requirements", category)
            texts = above or below
            lines = [locate(self.tree, (*where, place)) for place in range(len(texts))]
            found += parse_requirements(self.name, category, texts, lines, self.problems)
        return tuple(found)

    def _exports(self) -> tuple[Export, ...]:
        texts = self.document.exports
        if nothing(texts):
            return ()
        found: dict[str, Export] = {}
        for text, node in zip(texts, _nodes(self.tree, "exports"), strict=True):
            try:
                exports = parse_exports(text, node.line + _in_block(node))
            except SyntaxError as error:
                self.problems.add(node.line, "S112", f"not a signature in Python: {error.msg}")
                continue
            for export in exports:
                if export.name in found:
                    text = f"{export.name!r} is exported twice; keep one of them"
                    self.problems.add(export.line, "S112", text)
                found[export.name] = export
        return tuple(found.values())

    def _setup(self) -> str:
        source = self.document.setup
        above = 0
        try:
            check_statements(source)
            above = 1  # `setup` stands in a function in the end, where `import *` may not
            check_statements(f"async def row():\n{indent(source, '    ')}\n    pass")
        except SyntaxError as error:
            node = self.tree.get("setup")
            inside = 0
            if node is not None and _in_block(node):
                inside = max(1, (error.lineno or 1) - above)
            line = locate(self.tree, ("setup",)) + inside
            self.problems.add(line, "S118", f"`setup` is not Python: {error.msg}")
        return source

    def _rows(self, key: str, texts: list[str], ids: list[str] | None) -> tuple[Row, ...]:
        rows: list[Row] = []
        for text, node in zip(texts, _nodes(self.tree, key), strict=True):
            if isinstance(node, Scalar) and node.style == ">":
                self.problems.add(node.line, "S108", f"`{key}: >` joins lines; write `{key}: |`")
                continue
            for line, row_text in _lines(text, node):
                try:
                    row = parse_row(row_text, line, len(rows) + 1, key == "held_out")
                except RowError as error:
                    self.problems.add(line, error.code, str(error))
                    continue
                rows.append(row)
                self._check_ids(row, ids)
        return tuple(rows)

    def _check_ids(self, row: Row, ids: list[str] | None) -> None:
        if ids is None:
            return
        for unknown in (id_ for id_ in row.ids if id_ not in ids):
            known = did_you_mean(unknown, ids) or "; the spec has no requirements"
            self.problems.add(row.line, "R102", f"no requirement has the id {unknown!r}{known}")

    def _tests(self) -> tuple[str, ...]:
        targets = _items(self.document.tests)
        for position, target in enumerate(targets):
            path = target.partition("::")[0]
            fault = path_rules.missing(self.root, path)
            if fault is None and path_rules.normal(path).startswith("tests/spec/"):
                fault = f"{path!r} is in tests/spec, which specloop writes; move it elsewhere"
            if fault is not None:
                self._problem("S115", fault, "tests", position)
        return tuple(_normal_target(target) for target in targets)

    def _ignored(self) -> tuple[Ignored, ...]:
        found = []
        for position, item in enumerate(_items(self.document.ignore)):
            code, _, reason = item.partition(":")
            line = locate(self.tree, ("ignore", position))
            found.append(Ignored(code.strip(), reason.strip(), line))
        return tuple(found)

    def _accepted(self, ids: list[str] | None) -> tuple[Accepted, ...]:
        found: dict[str, Accepted] = {}
        for position, item in enumerate(self.document.accepted):
            line = locate(self.tree, ("accepted", position))
            if ids is not None and item.id not in ids:
                known = did_you_mean(item.id, ids) or "; the spec has no requirements"
                self.problems.add(line, "S121", f"no requirement has the id {item.id!r}{known}")
            elif item.id in found:
                text = f"{item.id} is accepted twice (first on line {found[item.id].line})"
                self.problems.add(line, "S121", f"{text}; keep one of them")
            found[item.id] = Accepted(item.id, item.reason, item.until, line)
        return tuple(found.values())


def _items(texts: list[str]) -> tuple[str, ...]:
    return () if nothing(texts) else tuple(text.strip() for text in texts)


def _normal_target(target: str) -> str:
    path, colons, test = target.partition("::")
    return path_rules.normal(path) + colons + test


def _nodes(tree: Mapping, key: str) -> tuple[Node, ...]:
    node = tree.get(key)
    if node is None:
        return ()
    return node.items if isinstance(node, Sequence) else (node,)


def _in_block(node: Node) -> int:
    """1 where the text begins on the line after the node's own, else 0."""
    return int(isinstance(node, Scalar) and node.style == "|")


def _has_rows(text: str) -> bool:
    return any(map(_is_row, text.split("\n")))


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _lines(text: str, node: Node) -> Iterator[tuple[int, str]]:
    """The rows in a text, and the lines they stand on; blank lines and comments are left out."""
    for offset, row in enumerate(text.split("\n")):
        if _is_row(row):
            yield node.line + (1 + offset if _in_block(node) else 0), row
