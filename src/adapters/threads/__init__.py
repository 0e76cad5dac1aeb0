"""Several reads at once, on threads."""
