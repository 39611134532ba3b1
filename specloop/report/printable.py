"""Text of other people's, made safe to show on a terminal."""

import re

_UNSHOWN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls but newline and tab
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the direction of text
    "\u2028\u2029"  # line ends that few programs know
    # Nothing is seen of them, so that they hide text, or make two names look alike. What chooses
    # between the forms of a character stays: it is part of many an emoji.
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
    "\ud800-\udfff"  # halves of characters, which no stream could take
    "]"
)


def printable(text: str) -> str:
    r"""The text with visible escapes, such as \x1b, in place of all that a terminal would obey."""
    return _UNSHOWN.sub(lambda found: _escape(ord(found[0])), text)


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
