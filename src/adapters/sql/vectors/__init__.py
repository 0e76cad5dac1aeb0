"""Vectors in SQL tables."""
