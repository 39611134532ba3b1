"""Text of other people's, made safe to show on a terminal."""

import re

# C0 and C1 controls but newline and tab, the signs that turn the direction of text, and halves of
# characters, which no stream could take.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""The text with visible escapes, such as \x1b, in place of all that a terminal would obey."""
    return _UNSHOWN.sub(lambda found: _escape(ord(found[0])), text)


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
