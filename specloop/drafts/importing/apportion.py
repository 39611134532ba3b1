"""Features divided into modules: one for each Python file that tasks name.

What tasks give to no file stays together in a draft of the feature's own, whose file is an open
point: a person divides it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import PurePosixPath

from specloop.drafts.importing.draft import Draft, Feature, RowToWrite, Rule, Task
from specloop.drafts.importing.naming import file_proposals, module_name
from specloop.drafts.importing.source import Source

MAX_FILES = 300  # that the tasks of one feature may name


def apportion(features: Iterable[Feature], source: Source) -> tuple[Draft, ...]:
    """The drafts of features, those of files first; a file is one module in all features."""
    modules = _Modules(source)
    left = [modules.take(feature) for feature in features]
    return (*modules.by_file.values(), *(draft for draft in left if draft is not None))


class _Modules:
    """Drafts by their files, in the order in which tasks name these."""

    def __init__(self, source: Source) -> None:
        self.by_file: dict[str, Draft] = {}
        self._taken: set[str] = set()
        self._source = source

    def take(self, feature: Feature) -> Draft | None:
        """Give what a feature holds to its files; what is left comes back as a draft."""
        tasks = self._usable(feature.tasks)
        homes = _Homes(tasks)
        for file in homes.files:
            self._begin(feature, file, [task for task in tasks if file in task.files])
        self._depend(tasks)
        self._attach_tests(tasks)
        left = Draft("", feature.title, about=list(feature.about), sources=[feature.place])
        left.signatures += feature.signatures
        for rule in feature.rules:
            for draft in self._drafts(homes.of_rule(rule)) or [left]:
                draft.rules.append(rule)
        rules = {rule.id: rule for rule in feature.rules if rule.id}
        for row in feature.rows:
            for draft in self._drafts(homes.of_row(row, rules)) or [left]:
                draft.rows.append(row)
        if not left.rules and not left.rows and (homes.files or not left.about):
            if not homes.files:
                self._source.drop(feature.place.path, 1, "nothing in it makes a draft")
            return None
        left.name = module_name([feature.name], self._taken)
        if homes.files:
            left.about.append("Here stands what no task gives to a file.")
        return left

    def _usable(self, tasks: Sequence[Task]) -> Sequence[Task]:
        if len({file for task in tasks for file in task.files}) > MAX_FILES:
            text = f"the tasks name more than {MAX_FILES} files, too many to divide a feature by"
            self._source.drop(tasks[0].place.path, tasks[0].place.line, text)
            return ()
        return _with_full_paths(tasks)

    def _begin(self, feature: Feature, file: str, tasks: Sequence[Task]) -> None:
        draft = self.by_file.get(file)
        if draft is None:
            name = module_name(file_proposals(file), self._taken)
            draft = self.by_file[file] = Draft(name, tasks[0].text, file)
        draft.about += [f"Part of: {feature.title}", *feature.about]
        draft.about += map(_told, tasks)
        draft.sources += [feature.place, *(task.place for task in tasks)]
        draft.signatures += feature.signatures

    def _drafts(self, files: Iterable[str]) -> list[Draft]:
        return [self.by_file[file] for file in files]

    def _depend(self, tasks: Sequence[Task]) -> None:
        """Make dependencies of what tasks wait for, and of the foundation for those after it.

        Tasks may go back and forth between two files, and modules cannot depend on each other:
        the wait that would close a circle is left out.
        """
        by_id = {task.id: task for task in tasks if task.id}
        for task in tasks:
            awaited = [file for id_ in task.after if id_ in by_id for file in by_id[id_].files]
            for file, other in product(task.files, awaited):
                if not self._join(file, other):
                    text = f"that {file!r} waits for {other!r}, which waits for it, too"
                    self._source.drop(task.place.path, task.place.line, text)
        foundation = [file for task in tasks if task.foundation for file in task.files]
        above = [file for task in tasks if not task.foundation for file in task.files]
        for file, other in product(dict.fromkeys(above), dict.fromkeys(foundation)):
            self._join(file, other)

    def _join(self, file: str, other: str) -> bool:
        """Let a module depend on another; False where that one needs it already."""
        draft, needed = self.by_file[file], self.by_file[other]
        if file == other or needed.name in draft.dependencies:
            return True
        drafts = {draft.name: draft for draft in self.by_file.values()}
        seen, ahead = {needed.name}, [needed]
        while ahead:
            more = {name for name in ahead.pop().dependencies if name not in seen}
            seen |= more
            ahead += (drafts[name] for name in more)
        if draft.name in seen:
            return False
        draft.dependencies.append(needed.name)
        return True

    def _attach_tests(self, tasks: Sequence[Task]) -> None:
        """Give a test file that exists to the module that it is named after."""
        by_stem = {PurePosixPath(file).stem: draft for file, draft in self.by_file.items()}
        for task in tasks:
            for test in task.tests:
                stem = PurePosixPath(test).stem.removeprefix("test_").removesuffix("_test")
                draft = by_stem.get(stem)
                if draft is None or not self._source.has(test):
                    why = "no module is named like it" if draft is None else "it does not exist"
                    text = f"the test file {test!r}: {why}"
                    self._source.drop(task.place.path, task.place.line, text)
                elif test not in draft.tests:
                    draft.tests.append(test)


class _Homes:
    """To which files the rules and rows of a feature go.

    Where a story is all that is known, it is the one of its files that is named last: only there
    is the rest of the story built, too.
    """

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.files = tuple(dict.fromkeys(file for task in tasks for file in task.files))
        self._places = {file: place for place, file in enumerate(self.files)}
        self._citing: dict[str, dict[str, None]] = {}
        self._last: dict[str, str] = {}
        for task in tasks:
            for id_ in task.cites:
                self._citing.setdefault(id_, {}).update(dict.fromkeys(task.files))
        for file in self.files:
            stories = {task.story for task in tasks if file in task.files} - {""}
            self._last.update(dict.fromkeys(stories, file))

    def of_rule(self, rule: Rule) -> Sequence[str]:
        """Files whose tasks cite the rule; else the last of its story; else the only one."""
        return tuple(self._citing.get(rule.id, ())) or self._of_story(rule.story)

    def of_row(self, row: RowToWrite, rules: Mapping[str, Rule]) -> Sequence[str]:
        """The last of the files of the rules that the row is about; else as for rules."""
        files = [file for id_ in row.about if id_ in rules for file in self.of_rule(rules[id_])]
        return [max(files, key=self._places.__getitem__)] if files else self._of_story(row.story)

    def _of_story(self, story: str) -> Sequence[str]:
        if story in self._last:
            return (self._last[story],)
        return self.files if len(self.files) == 1 else ()


def _told(task: Task) -> str:
    text = "; ".join((task.text, *task.details))
    return f"{task.id}: {text}" if task.id else text


def _with_full_paths(tasks: Sequence[Task]) -> Sequence[Task]:
    """The tasks, with a bare file name made the one path that ends in it."""
    paths: dict[str, set[str]] = {}
    for file in (file for task in tasks for file in task.files if "/" in file):
        paths.setdefault(PurePosixPath(file).name, set()).add(file)
    full = {name: found.pop() for name, found in paths.items() if len(found) == 1}
    return [
        replace(task, files=tuple(dict.fromkeys(full.get(file, file) for file in task.files)))
        for task in tasks
    ]
