from specloop.attempt.message import Message
from specloop.attempt.redaction import Redactor
from specloop.journal.guarded import GuardedJournal
from specloop.loop.event import CallStarted, RunPaused
from specloop.testing import MemoryJournal

KEY = "sk-canary-0123456789abcdef"


def test_what_is_written_holds_no_key():
    kept = MemoryJournal()
    journal = GuardedJournal(kept, Redactor.of([KEY]))
    said = (Message("system", "You write Python."), Message("user", f"Use {KEY}."))
    journal.append(CallStarted(1.5, "slug", 1, "first", "m", said, 10, 0.5))
    journal.append(RunPaused(2.5, f"git said {KEY}", 4))
    asked, paused = journal.events()
    assert asked.messages == (said[0], Message("user", "Use [key]."))
    assert (asked.at, asked.purpose, asked.worst_usd) == (1.5, "first", 0.5)
    assert paused == RunPaused(2.5, "git said [key]", 4)
    assert kept.events() == (asked, paused)
