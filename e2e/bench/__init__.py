"""Gyre beside its peers, measured in one run: `make bench` (docs/benchmarks.md)."""
