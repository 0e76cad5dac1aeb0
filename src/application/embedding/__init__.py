"""Giving texts their vectors."""
