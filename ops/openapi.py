"""`make openapi`: write docs/openapi.yaml, which says what the deployed /openapi.json does."""

import json
from pathlib import Path

import yaml

from collect import openapi

PUBLISHED = Path(__file__).parents[1] / "docs" / "openapi.yaml"


def text() -> str:
    heading = "# Written by `make openapi` from functions/collect/openapi.py; do not edit.\n"
    plain = json.loads(json.dumps(openapi.document()))  # no part twice, which YAML would tell by anchors
    return heading + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    PUBLISHED.write_text(text(), encoding="utf-8")
