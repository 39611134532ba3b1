"""The texts of rules: the source's ids in them, and what is open about them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from specloop.drafts.importing.draft import Rule
from specloop.spec.parse_requirements import parse_requirements
from specloop.spec.problems import Problems

OPEN = "NEEDS CLARIFICATION"


def cited(id_: str, text: str) -> str:
    """A rule's text with the source's own id before it; a question is an open point."""
    said = text or f"{OPEN}: the source says nothing here"
    if said.rstrip("*_ ").endswith(("?", "？")) and OPEN not in said:
        said += f" {OPEN}: say what happens"
    return f"{id_}: {said}" if id_ else said


def mark_repeated(rules: Iterable[Rule]) -> Iterator[Rule]:
    """The rules; one whose id another had before says so as an open point."""
    first: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in first:
            text = f"{rule.text} {OPEN}: {rule.id} is also the id of {first[rule.id].place}"
            yield replace(rule, text=text)
            continue
        if rule.id:
            first[rule.id] = rule
        yield rule


def as_item(category: str, text: str) -> str:
    """The text as an item of a spec's list, such that nothing in it is taken for our own id."""
    read = parse_requirements("any", category, [text], [1], Problems("any"))
    if read and read[0].text == text:
        return text
    word, _, rest = text.partition(":")
    return f"({word.strip()}) {rest.strip()}".strip()
