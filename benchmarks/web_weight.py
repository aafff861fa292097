"""Bytes on the wire of what respondents load, beside two packages of the field fetched in the same run. Needs npm.

Ours are measured as the local stack answers, compressed and with all they load. Theirs are the bundles that
show a survey, compressed as hard as gzip can; what else those load before or after is not counted against them.
"""

import argparse
import gzip
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import urllib3

from local.stack import Stack
from ops.deployment import on_this_machine
from ops.survey import apply_survey
from ops.survey_file import read_surveys

ROOT = Path(__file__).parents[1]
SURVEY = "store"
GOAL = 1 / 5
"""Of the lighter of the others' bundles, at most."""
WIDGET_BUDGET, PAGE_BUDGET = 8 * 1024, 14 * 1024
OTHERS = {"posthog-js": "package/dist/surveys.js", "@formbricks/surveys": "package/dist/index.umd.js"}
_LOADED = re.compile(r"""<(?:script|img)\b[^>]*?\ssrc="([^"]+)"|<link\b[^>]*?rel="stylesheet"[^>]*?href="([^"]+)""")


class Weighed(NamedTuple):
    name: str
    bytes: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Weigh and print. Returns 0 if the goals hold, 1 if not."""
    argparse.ArgumentParser(prog="python -m benchmarks.web_weight", description=__doc__).parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        page, widget, ask = ours(Path(folder))
        others = [theirs(name, bundle, Path(folder)) for name, bundle in OTHERS.items()]
    limit = int(min(other.bytes for other in others) * GOAL)
    for each in (page, widget, ask, *others):
        print(f"{each.name:<52}{each.bytes:>8,} bytes")
    print(f"{'a fifth of the lighter one':<52}{limit:>8,} bytes")
    verdicts = {
        f"widget within {WIDGET_BUDGET:,} bytes and a fifth": widget.bytes <= min(WIDGET_BUDGET, limit),
        f"page within {PAGE_BUDGET:,} bytes and a fifth": page.bytes <= min(PAGE_BUDGET, limit),
    }
    for goal, holds in verdicts.items():
        print(f"{goal:<52}{'yes' if holds else 'NO':>8}")
    return 0 if all(verdicts.values()) else 1


def ours(folder: Path) -> tuple[Weighed, Weighed, Weighed]:
    """The page's first view, the widget, and what the widget asks the server once before it shows."""
    with Stack(data=folder / "stack", printed=lambda _: None) as stack:
        deployment = on_this_machine(stack.url)
        for survey in read_surveys([ROOT / "surveys" / f"{SURVEY}.yaml"]):
            apply_survey(deployment, survey)
        page = f"{stack.url}/s/{SURVEY}"
        html, weight = fetched("GET", page)
        loaded = {urljoin(page, src or href) for src, href in _LOADED.findall(html)}
        weight += sum(fetched("GET", address)[1] for address in loaded if not address.startswith("data:"))
        _, script = fetched("GET", f"{stack.url}/widget.js")
        _, ask = fetched("POST", f"{stack.url}/v1/surveys/{SURVEY}/tokens", body="{}")
    return (
        Weighed("our page, first view", weight),
        Weighed("our widget, everything in", script),
        Weighed("  what it asks the server before it shows", ask),
    )


def fetched(method: str, address: str, body: str | None = None) -> tuple[str, int]:
    """What a request is answered with, and how many bytes of body that took on the wire."""
    headers = {"Accept-Encoding": "gzip", "Content-Type": "application/json"}
    reply = urllib3.request(method, address, body=body, headers=headers, decode_content=False)
    if reply.status >= 400:
        raise RuntimeError(f"{method} {address} was answered with {reply.status}")
    raw = gzip.decompress(reply.data) if reply.headers.get("Content-Encoding") == "gzip" else reply.data
    return raw.decode(), len(reply.data)


def theirs(name: str, bundle: str, folder: Path) -> Weighed:
    """A bundle out of the newest version of an npm package."""
    command = ["npm", "pack", "--json", "--silent", "--pack-destination", str(folder), name]
    packed = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)[0]
    with tarfile.open(folder / packed["filename"]) as archive:
        member = archive.extractfile(bundle)
        if member is None:
            raise RuntimeError(f"{name} {packed['version']} has no {bundle} any more; look for where its surveys are")
        return Weighed(f"{name} {packed['version']}, {Path(bundle).name}", len(gzip.compress(member.read(), 9)))


if __name__ == "__main__":
    sys.exit(main())
