"""Files that LiteLLM brings along, read without importing it: that takes seconds."""

from importlib.util import find_spec
from pathlib import Path


def litellm_file(name: str) -> Path:
    """Where a file or folder of its package lies; not there, where LiteLLM is not installed."""
    found = find_spec("litellm")
    folders = found.submodule_search_locations if found is not None else None
    return Path(folders[0] if folders else "/nowhere", name)
