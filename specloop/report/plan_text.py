"""Plans as text for people."""

from specloop.engine.plan import Plan


def plan_text(plan: Plan) -> str:
    """A plan, a line for each module."""
    width = max(len(step.module) for step in plan.steps)
    lines = [f"{s.module.ljust(width)}  {s.does.ljust(7)}  {s.reason}" for s in plan.steps]
    if not plan.model:
        lines += ["", "project.toml names no model yet"]
    elif any(step.does != "nothing" for step in plan.steps):
        lines += ["", *_estimate(plan)]
    return "\n".join(lines)


def _estimate(plan: Plan) -> list[str]:
    expected = f"some {plan.expected_tokens} tokens expected{_usd(plan.expected_usd)}"
    lines = [f"asks {plan.model} first: {expected}, {_worst(plan)}"]
    if plan.expected_usd is None:
        lines.append("the price is not known: set `price` of the model, or `tokens` in [limits]")
    elif plan.cheap_usd is not None:
        lines.append(
            f"costs less {plan.cheap_hours}: {plan.cheap_usd:.4f} USD expected with "
            f"`specloop run --off-peak`"
        )
    return lines


def _worst(plan: Plan) -> str:
    if plan.worst_tokens is None:
        return "and no limit on attempts; the other [limits] may end it"
    return f"{plan.worst_tokens} at worst{_usd(plan.worst_usd)}; [limits] may end it sooner"


def _usd(usd: float | None) -> str:
    return "" if usd is None else f" ({usd:.4f} USD)"
