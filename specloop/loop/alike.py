"""Whether tests can tell one code from another."""

import io
import tokenize
from functools import lru_cache

from specloop.attempt.candidate import Candidate

_WORDS = frozenset({tokenize.NAME, tokenize.NUMBER, tokenize.STRING})


@lru_cache(maxsize=256)  # every decision about a module looks at all its candidates again
def seen_by_tests(candidate: Candidate) -> object:
    """The shape of the code, and its comments with their places: a test may read the file."""
    comments: list[tuple[int, str]] = []
    words = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(candidate.code).readline):
            if token.type == tokenize.COMMENT:
                comments.append((words, token.string))
            words += token.type in _WORDS
    except (tokenize.TokenError, SyntaxError):
        return candidate.code
    return candidate.shape, tuple(comments)
