"""Keys out of Secrets Manager: JSON maps from key id to key, kept for five minutes so that rotation arrives."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

KEPT = timedelta(minutes=5)


class Keys:
    """The keys of one secret."""

    def __init__(self, client: "SecretsManagerClient", secret: str) -> None:
        self._client = client
        self._secret = secret
        self._keys: Mapping[str, str] = {}
        self._read_at: datetime | None = None

    def at(self, now: datetime) -> Mapping[str, str]:
        """The keys by id; signing_key.py says which of them signs."""
        if self._read_at is None or not self._read_at <= now < self._read_at + KEPT:
            self._keys = json.loads(self._client.get_secret_value(SecretId=self._secret)["SecretString"])
            self._read_at = now
        return self._keys
