"""A copy of the code with a mistake in it, for a stack of its own."""

import shutil
from pathlib import Path

from local.stack import TEMPLATE


def copy_of_the_code(folder: Path, module: str, lines: str) -> Path:
    """Everything that the template names, with some lines more behind a module's own; the template beside it."""
    for code in ("functions", "layers"):
        shutil.copytree(TEMPLATE.parent / code, folder / code, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / module).open("a") as mistaken:
        mistaken.write(lines)
    return Path(shutil.copy(TEMPLATE, folder))
