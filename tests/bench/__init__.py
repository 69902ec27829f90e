"""Benches: `python -m tests.bench NAME [--json]`. Each module offers `run(**options) -> dict`."""
