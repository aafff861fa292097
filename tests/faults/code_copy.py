"""A copy of the code with a mistake in it, for a stack of its own."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from local.stack import TEMPLATE


def copy_of_the_code(folder: Path, mistakes: Mapping[str, str]) -> Path:
    """Everything that the template names, with some lines more behind modules' own; the template beside it."""
    for code in ("functions", "layers"):
        shutil.copytree(TEMPLATE.parent / code, folder / code, ignore=shutil.ignore_patterns("__pycache__"))
    for module, lines in mistakes.items():
        with (folder / module).open("a") as mistaken:
            mistaken.write(lines)
    return Path(shutil.copy(TEMPLATE, folder))
