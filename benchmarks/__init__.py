"""Benchmarks, run by `make bench` or `python -m benchmarks NAME …`; each compares times of one run."""
