"""What importing something costs a fresh interpreter, and what of it is third-party."""

import subprocess
import sys
from collections.abc import Sequence

_TIMED = (
    "import sys, time; begin = time.process_time(); {imports}; took = time.process_time() - begin;"
    " print(took, *[name for name in {never!r} if name in sys.modules])"
)
_THIRD_PARTY = (
    "import sys; {imports}; print(*[name for name, module in list(sys.modules.items())"
    " if 'site-packages' in (getattr(module, '__file__', None) or '')])"
)


def third_party(imports: str) -> str:
    """Imports of the third-party modules that these imports load, in their order."""
    names = _printed(_THIRD_PARTY.format(imports=imports))
    return "import " + ", ".join(
        name for name in names if all(map(str.isidentifier, name.split(".")))
    )


def seconds(imports: str, never: Sequence[str] = ()) -> tuple[float, list[str]]:
    """CPU time of the imports, and which modules of `never` they loaded."""
    took, *loaded = _printed(_TIMED.format(imports=imports, never=tuple(never)))
    return float(took), loaded


def _printed(code: str) -> list[str]:
    """The words that a fresh interpreter prints; isolated, so that it may keep bytecode."""
    command = [sys.executable, "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
