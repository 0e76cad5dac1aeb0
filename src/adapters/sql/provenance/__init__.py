"""Files, commits, items and people read for provenance commands."""
