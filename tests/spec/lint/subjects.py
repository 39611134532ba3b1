"""A project of one spec, and of what else it needs, and what the rules find in it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from specloop.spec.lint.rules import lint
from specloop.spec.read import read_sources

SPEC = "specs/slug.yaml"
PROJECT = '[project]\nname = "shop"\nspecs = ["specs/*.yaml"]\n'
TODAY = date(2027, 1, 31)
Files = Mapping[str, str]


def texts(root: Path, spec: str, files: Files | None = None) -> list[tuple[str, int, str, str]]:
    """Path, line, code and text of all findings; the spec stands in specs/slug.yaml."""
    for name, content in {"project.toml": PROJECT, SPEC: spec, **(files or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return [(f.path, f.line, f.code, f.text) for f in lint(read_sources(root), TODAY)]


def findings(root: Path, spec: str, files: Files | None = None) -> list[tuple[str, int, str]]:
    """The same without the texts."""
    return [found[:3] for found in texts(root, spec, files)]
