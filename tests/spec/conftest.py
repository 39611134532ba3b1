"""A small project on disk, to be read as it is or with one thing changed."""

from pathlib import Path

import pytest
from small_project import FILES, Make

collect_ignore = ["corpus"]  # tests that belong to specs there


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write the small project with some files changed or added; its root."""

    def write(changes: dict[str, str | bytes]) -> Path:
        for name, content in {**FILES, **changes}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write
