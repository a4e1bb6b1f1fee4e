"""Conformance: the guard in front of a model server that nobody here wrote. Run by `make conformance`."""
