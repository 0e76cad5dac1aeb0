"""Turning what the store holds into searchable documents."""
