"""The public use cases of the pipeline: functions that act for a caller."""

import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

from assetql import pipeline


def use_cases() -> dict[str, Callable[..., Any]]:
    """By `module.function`: every public function that takes a `caller`."""
    modules = [
        import_module(found.name)
        for found in pkgutil.walk_packages(pipeline.__path__, f"{pipeline.__name__}.")
    ]
    return {
        f"{module.__name__.removeprefix('assetql.pipeline.')}.{name}": function
        for module in modules
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and "caller" in inspect.signature(function).parameters
    }
