"""Tokens of links that only one mailbox, or one reader, knows."""

import hashlib


def digest(token):
    """What is stored of a token: who reads the database cannot open its link."""
    return hashlib.sha256(token.encode()).hexdigest()
