"""The clinic's passphrase, hashed by argon2."""

from __future__ import annotations


def hashed(passphrase: str) -> str:
    """The argon2 hash of a passphrase. Raises ImportError where argon2-cffi is missing."""
    from argon2 import PasswordHasher

    return PasswordHasher().hash(passphrase)


def is_passphrase(given: str, hash_: str) -> bool:
    """Whether a passphrase is the one that was hashed; a damaged hash fits none."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(hash_, given)
    except (VerificationError, InvalidHashError):
        return False
