"""Names in braces in a YAML text, and which of them are placeholders."""

import re
from collections.abc import Iterable, Iterator, Mapping

from specloop.drafts.slot import Slot, find_slots, forms
from specloop.spec.prose import BRACES, PLACEHOLDER, PYTHON_KEYS, QUOTED
from specloop.spec.yaml_write import is_read_as


class Marked:
    """A text whose names in braces are replaced by numbered marks, plain letters to YAML.

    `names` are those in braces, by number. A name is a placeholder, wherever it stands, if it is
    one of `told` or if `check` would refuse it somewhere as one that was left in; `placeholders`
    are their numbers, in order. `values` are texts that a mark must not be mistaken for.
    """

    def __init__(self, text: str, told: Iterable[str] = (), values: Iterable[str] = ()) -> None:
        taken = {*text, *"".join(values)}
        # A character for private use, which is nothing to the rules of YAML or of expressions.
        sign = next(c for c in map(chr, range(0xE000, 0xF900)) if c not in taken)
        names: list[str] = []

        def mark(found: re.Match[str]) -> str:
            names.append(found[1])
            return f"{sign}{len(names) - 1}{sign}"

        self.text = BRACES.sub(mark, text)
        self.names = tuple(names)
        self._mark = re.compile(f"{sign}([0-9]+){sign}")
        slots = [slot for slot in find_slots(self.text) if sign in slot.value]
        known = {*told, *(name for slot in slots for name in self._left_in(slot))}
        inside = (number for slot in slots for number in self.numbers(slot.value))
        self.placeholders = tuple(number for number in inside if names[number] in known)
        self.slots = [slot for slot in slots if self._open(slot)]

    def numbers(self, text: str) -> Iterator[int]:
        """The numbers of the marks in a text."""
        return (int(found[1]) for found in self._mark.finditer(text))

    def restored(self, text: str) -> str:
        """The text with names in braces again."""
        return self._mark.sub(lambda found: f"{{{self.names[int(found[1])]}}}", text)

    def written(self, slot: Slot, values: Mapping[str, str]) -> str:
        """What to write into a slot: values for the placeholders that have one, else marks."""
        alone = bool(self._mark.fullmatch(slot.source))
        given = any(self.names[number] in values for number in self._open(slot))
        if not given and (slot.in_block or (alone and not slot.place.is_key)):
            return slot.source
        value = self._filled(slot.value, values, indent=slot.in_block)
        *others, escaped = forms(slot, value, self._filled(slot.source, values))
        wanted = self.restored(value)
        for form in others:
            if is_read_as(wanted, self.restored(form), slot.place):
                return form
        return escaped

    def _filled(self, text: str, values: Mapping[str, str], *, indent: bool = False) -> str:
        def put(found: re.Match[str]) -> str:
            number = int(found[1])
            name = self.names[number]
            if number not in self.placeholders or name not in values:
                return found[0]
            before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            if not indent or before.strip():
                return values[name]
            return re.sub(r"\n(?=[^\n])", f"\n{before}", values[name])

        return self._mark.sub(put, text)

    def _open(self, slot: Slot) -> list[int]:
        return [number for number in self.numbers(slot.value) if number in self.placeholders]

    def _left_in(self, slot: Slot) -> Iterator[str]:
        """The names of what `check` would take for a placeholder that was left in."""
        if first := self._mark.match(slot.source):  # without quotes no text begins with a brace
            yield self.names[int(first[1])]
        if slot.key not in PYTHON_KEYS:
            for line in self.restored(slot.value).split("\n"):
                yield from (found[1] for found in PLACEHOLDER.finditer(QUOTED.sub("", line)))
