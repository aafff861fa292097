"""Builds the layer and the functions by the recipes `sam build` uses, for the machine the benchmark runs on."""

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree, which

ROOT = Path(__file__).parents[1]
BARE = ROOT / "benchmarks" / "cold_start_bare"
"""The folder of the handler that everything is compared with."""


@dataclass(frozen=True)
class Interpreter:
    """A Python on this machine."""

    path: str
    version: str
    """As in 3.13"""


@dataclass(frozen=True)
class Built:
    """Artifacts as they would lie in an execution environment, with bytecode or without."""

    folder: Path

    def code_of(self, function: str) -> list[Path]:
        """What is on the path of a function: its own package, then the layer."""
        own = BARE if function == "bare" else self.folder / function
        return [own, self.folder / "CommonLayer" / "python"]


def newest_interpreter() -> Interpreter:
    """The newest Python from 3.11 on that runs here."""
    found = []
    installed = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
    named = [which(f"python3.{minor}") for minor in range(11, 15)]
    for path in [sys.executable, *filter(None, named), *map(str, installed)]:
        asked = subprocess.run(
            [path, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0:  # a version manager's shim may be on PATH and refuse
            major, minor = map(int, asked.stdout.split())
            found.append(((major, minor), path))
    version, path = max(entry for entry in found if entry[0] >= (3, 11))
    return Interpreter(path, ".".join(map(str, version)))


def build(folder: Path, functions: list[str], interpreter: Interpreter, *, compiled: bool) -> Built:
    """Build everything into `folder`. Raises CalledProcessError with the recipe's own words."""
    rmtree(folder, ignore_errors=True)
    for recipe, targets in (("layers/common", ["CommonLayer"]), ("functions", functions)):
        for target in targets:
            artifacts = folder / target
            artifacts.mkdir(parents=True)
            _make(ROOT / recipe, f"build-{target}", artifacts, interpreter, compiled)
    return Built(folder)


def _make(recipe: Path, target: str, artifacts: Path, interpreter: Interpreter, compiled: bool) -> None:
    machine = platform.machine()
    variables = {
        "ARTIFACTS_DIR": str(artifacts),
        "PYTHON_VERSION": interpreter.version,
        "COMPILER": interpreter.path,
        "PIP": f"{sys.executable} -m pip",
        "PLATFORMS": f"manylinux2014_{machine} manylinux_2_28_{machine}",
        "COMPILE": "yes" if compiled else "no",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    subprocess.run(
        ["make", target, *(f"{name}={value}" for name, value in variables.items())],
        cwd=recipe,
        env=environment,
        check=True,
    )
