"""Which families, and how long to search: `make faults` takes the profile `faults`."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "faults",
    settings.get_profile("assetql"),
    max_examples=500,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(params=["local", "prompt_aws"])
def family(request: pytest.FixtureRequest) -> str:
    """What `open_home` opens."""
    return request.param


@pytest.fixture(params=["local", "hurried_aws"])
def timeless(request: pytest.FixtureRequest) -> str:
    """What `open_home` opens for tests under a clock that they move."""
    return request.param
