"""Disk space set aside, so that what was just paid for can be recorded on a full disk."""

from pathlib import Path

SIZE = 8 * 1024 * 1024


def load(path: Path) -> None:
    """Set the space aside; OSError when the disk has not that much left."""
    if path.exists() and path.stat().st_size == SIZE:
        return
    try:
        path.write_bytes(bytes(SIZE))
    except OSError:
        path.unlink(missing_ok=True)
        raise


def release(path: Path) -> bool:
    """Give the space back; False when it was given back before."""
    try:
        path.unlink()
    except OSError:
        return False
    return True
