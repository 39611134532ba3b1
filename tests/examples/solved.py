"""What one shot solved and what the loop added, out of `specloop status --json`."""

import json
import sys
from typing import Any


def account(status: dict[str, Any]) -> str:
    """A line for each module, and the sums; the first answer is what one shot would have been."""
    modules = status["modules"]
    passed = [module for module in modules if module["state"] == "passed"]
    at_once = [module for module in passed if module["attempts"] == 1]
    lines = [
        f"{module['name']:16}{module['state']:9}{module['attempts']:3} answers"
        for module in sorted(modules, key=lambda module: module["name"])
    ]
    usage = status["usage"]
    return "\n".join(
        [
            *lines,
            "",
            f"one shot  {len(at_once):3} of {len(modules)}",
            f"the loop  {len(passed):3} of {len(modules)}",
            f"in all    {usage['calls']:3} answers, {usage['output_tokens']} tokens of them",
        ]
    )


if __name__ == "__main__":
    print(account(json.load(sys.stdin)))
