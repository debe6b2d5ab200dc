"""How long to search: `make faults` takes the profile `faults`, other runs the short one."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "faults",
    settings.get_profile("assetql"),
    max_examples=200,
    stateful_step_count=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
