"""Finding documents: by words, by meaning, by both."""
