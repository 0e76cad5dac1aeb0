"""Ports held in plain memory: the fakes of the unit tests, under the same contracts as the real adapters."""
