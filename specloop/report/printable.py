"""Text of other people's, made safe to show on a terminal."""

from specloop.prompt.plain import escaped


def printable(text: str) -> str:
    r"""The text with visible escapes, such as \x1b, in place of all that a terminal would obey."""
    return escaped(text)
