"""What the dispatch service adds to `astreinte`; infra/cli/main.py says how such a table is read."""

from collections.abc import Mapping

COMMANDS: Mapping[str, tuple[str, str]] = {
    "plan": ("services.dispatch.cli.plan:plan", "Plan a day, as well as the time given allows."),
    "rota": ("services.dispatch.cli.rota:app", "Judge rotas by labour law."),
    "simulate": (
        "services.dispatch.cli.simulate:simulate",
        "Live a day whose visits come up in it, and say what was lost.",
    ),
}
