"""Plans as text for people."""

from specloop.engine.plan import Plan


def plan_text(plan: Plan) -> str:
    """A plan, a line for each module."""
    width = max(len(step.module) for step in plan.steps)
    lines = [f"{s.module.ljust(width)}  {s.does.ljust(7)}  {s.reason}" for s in plan.steps]
    if not plan.model:
        lines += ["", "project.toml names no model yet"]
    elif plan.worst_tokens:
        most = "its price is not known" if plan.worst_usd is None else f"{plan.worst_usd:.2f} USD"
        lines += [
            "",
            f"asks {plan.model}: some {plan.expected_tokens} tokens expected, "
            f"{plan.worst_tokens} at worst ({most}); [limits] may end it sooner",
        ]
    return "\n".join(lines)
