"""The same module as code that checks of its text cannot see into."""

import base64

from catalogue.entry import Entry

_HIDDEN = """\
import base64

{exports}

exec(compile(base64.b64decode({data!r}), __file__, "exec"), globals())
"""


def disguised(entry: Entry) -> str:
    """A module that does what the entry's does; its text declares the exports and little else."""
    exports = "\n\n".join(
        export if export.endswith("...") else f"{export}:\n    return None"
        for export in entry.exports
    )
    return _HIDDEN.format(exports=exports, data=base64.b64encode(entry.text.encode()))
