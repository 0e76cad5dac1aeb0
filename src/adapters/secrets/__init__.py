"""Tokens and other private texts: files only their owner can read, the system's keyring, the user's own command."""
