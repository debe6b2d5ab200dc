"""How long to search: `make faults` takes the profile `faults`, other runs the short one."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "faults",
    settings.get_profile("assetql"),
    max_examples=400,
    stateful_step_count=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
