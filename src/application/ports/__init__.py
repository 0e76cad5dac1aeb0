"""The ports: what use-cases need from the world, each with the promises its contract tests check."""
