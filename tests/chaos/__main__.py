"""Plays histories of counting for as long as one likes: `python -m tests.chaos --minutes 10 [--seed 7]`.

Each round prints its seed; `--seed` with that number and `--rounds 1` plays the very same histories again.
"""

import argparse
import secrets
import sys
import time

from tests.chaos.playing import play

HISTORIES = 200
"""In one round."""
STEPS = 16
"""In one history: twice those of the tests."""


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10, help="how long to go on (10)")
    asked.add_argument("--rounds", type=int, help="how many rounds at most")
    asked.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="where to begin (anywhere)")
    given = asked.parse_args()
    until, seed = time.monotonic() + 60 * given.minutes, given.seed
    while time.monotonic() < until and (given.rounds is None or seed < given.seed + given.rounds):
        began = time.monotonic()
        try:
            happened = play(HISTORIES, seed, steps=STEPS)
        except BaseException:
            print(f"seed {seed}: counting went wrong; play it again with --seed {seed} --rounds 1", flush=True)
            raise
        told = ", ".join(f"{number} {what}" for what, number in sorted(happened.items()))
        print(f"seed {seed}: exact, {time.monotonic() - began:.0f} s ({told})", flush=True)
        seed += 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
