"""Rules on what a spec ought to hold at all."""

from collections.abc import Iterator

from specloop.spec.lint.subject import Subject


def no_exports(subject: Subject) -> Iterator[tuple[int, str]]:
    """A module whose interface nobody is told."""
    if not subject.spec.exports:
        text = "no exports; with signatures the model knows what names and types are called"
        yield subject.file.tree.line, f"{text} by tests and dependants"


def no_requirements(subject: Subject) -> Iterator[tuple[int, str]]:
    """A module of which nothing is required in words."""
    if not subject.spec.requirements:
        text = "no requirements; a list such as `validation` tells the model what rows and"
        yield subject.file.tree.line, f"{text} tests can only hint at"
