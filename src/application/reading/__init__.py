"""Answers about single items, lists and the store itself, from the store alone."""
