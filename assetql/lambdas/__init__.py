"""The functions of Lambda, a file each: parse the event, call one use case."""

import gc
from importlib import import_module

# Importing makes many objects and no garbage: looking for some takes a sixth of a cold start.
_looks = gc.isenabled()
gc.disable()
try:
    import_module("assetql.lambdas.runtime")  # and with it most of what the functions share
finally:
    gc.freeze()  # modules stay
    if _looks:
        gc.enable()
