"""A small, faithful GitLab API server on loopback, for the demo, the tests and the benchmarks."""
