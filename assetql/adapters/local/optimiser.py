"""The offline prompt optimiser: a template, no model."""


class OfflineOptimiser:
    """Adds what game icons are usually asked for; the prompt stays as it is."""

    def optimise(self, prompt: str, *, style_name: str | None) -> str:
        style = f", in the {style_name} style" if style_name else ""
        return f"{prompt}{style}, game asset, single centered subject, clean silhouette"
