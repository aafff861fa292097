"""Keys out of Secrets Manager: JSON maps from key id to key, kept by each process, so that rotation needs no deploy."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

KEPT = timedelta(minutes=5)
"""How long a process signs with the keys that it has read."""
AGAIN = timedelta(seconds=10)
"""How long after looking for a key id that it did not know, so that not every forged id is a call."""


class Keys:
    """The keys of one secret."""

    def __init__(self, client: "SecretsManagerClient", secret: str) -> None:
        self._client = client
        self._secret = secret
        self._keys: Mapping[str, str] = {}
        self._read_at: datetime | None = None
        self._looked_at: datetime | None = None

    def at(self, now: datetime) -> Mapping[str, str]:
        """The keys by id; signing_key.py says which of them signs.

        An id that is not among them is looked for in the secret: another process may sign with it already.
        """
        if not _within(KEPT, self._read_at, now):
            self._read(now)
        return _KeysAt(self, now)

    @property
    def known(self) -> Mapping[str, str]:
        return self._keys

    def look(self, now: datetime) -> None:
        """Read the secret again, unless that was done a moment ago."""
        if not _within(AGAIN, self._looked_at, now):
            self._looked_at = now
            self._read(now)

    def _read(self, now: datetime) -> None:
        self._keys = json.loads(self._client.get_secret_value(SecretId=self._secret)["SecretString"])
        self._read_at = now


@dataclass(frozen=True, slots=True)
class _KeysAt(Mapping[str, str]):
    keys_of: Keys
    now: datetime

    def __getitem__(self, key_id: str) -> str:
        if key_id not in self.keys_of.known:
            self.keys_of.look(self.now)
        return self.keys_of.known[key_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_of.known)

    def __len__(self) -> int:
        return len(self.keys_of.known)


def _within(span: timedelta, since: datetime | None, now: datetime) -> bool:
    return since is not None and since <= now < since + span
