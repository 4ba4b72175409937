"""Encryption of narratives: AES-256-GCM, each text bound to its row and field.

A ciphertext reads `v1:<key id>:<base64 of nonce and sealed text>`. The key id is
the beginning of the key's SHA-256, so that keys can be rotated: settings.FIELD_KEYS
holds them newest first, the first one seals, all of them open.
"""

import base64
import hashlib
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


PREFIX = "v1:"


class CannotDecrypt(Exception):
    """The key is unknown, or the text was altered or moved to another row."""


def new_key() -> str:
    """Return a fresh key as it stands in FIELD_KEYS."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


@lru_cache(maxsize=8)
def _keys(configured: tuple[str, ...]) -> dict[str, AESGCM]:
    keys = {}
    for text in configured:
        raw = text.encode()
        if text.startswith("debug-only-"):
            secret = hashlib.sha256(raw).digest()
        else:
            try:
                secret = base64.urlsafe_b64decode(raw)
            except ValueError as error:
                raise ImproperlyConfigured("FIELD_KEYS holds a key that is not base64.") from error
        if len(secret) != 32:
            raise ImproperlyConfigured("Each of FIELD_KEYS must be 32 bytes in URL-safe base64.")
        keys[hashlib.sha256(secret).hexdigest()[:8]] = AESGCM(secret)
    return keys


def encrypt(text: str, *, bound_to: str) -> str:
    """Seal `text`; it opens only with the same `bound_to` (row and field)."""
    key_id, key = next(iter(_keys(tuple(settings.FIELD_KEYS)).items()))
    nonce = os.urandom(12)
    sealed = key.encrypt(nonce, text.encode(), bound_to.encode())
    return f"{PREFIX}{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(token: str, *, bound_to: str) -> str:
    """Open a text sealed by `encrypt`. Raises CannotDecrypt."""
    try:
        _version, key_id, body = token.split(":", 2)
        raw = base64.b64decode(body)
        key = _keys(tuple(settings.FIELD_KEYS))[key_id]
        return key.decrypt(raw[:12], raw[12:], bound_to.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise CannotDecrypt(f"cannot open the text bound to {bound_to}") from error


def key_id_of(token: str) -> str:
    return token.split(":", 2)[1]


def newest_key_id() -> str:
    return next(iter(_keys(tuple(settings.FIELD_KEYS))))
