"""Contracts of the ports that read the store."""
