import io
import logging

from specloop.attempt.redaction import Redactor
from specloop.cli.guarded import GuardedObserver
from specloop.loop.event import ModuleFailed
from specloop.report.lines import Lines

KEY = "sk-canary-0123456789abcdef"


def test_nobody_is_shown_a_key(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    observer = GuardedObserver(Lines(level=logging.DEBUG), Redactor.of([KEY]))
    observer.notice(f"noticed {KEY}")
    observer.doing("slug", f"does {KEY}")
    observer.happened(ModuleFailed(0, "slug", f"because of {KEY}"))
    observer.stands("slug", passed=True)
    told = stream.getvalue()
    for text in ("noticed [key]", "does [key]", "because of [key]", "up to date"):
        assert text in told
    assert KEY not in told
