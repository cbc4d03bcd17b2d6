"""Run the benchmarks named on the command line, or all of them."""

from __future__ import annotations

import sys

from benchmarks import coverage, desk, draw, estimation, layout, ledger, pages, submissions, summary

BENCHMARKS = {
    "coverage": coverage.main,
    "desk": desk.main,
    "draw": draw.main,
    "estimation": estimation.main,
    "layout": layout.main,
    "ledger": ledger.main,
    "summary": summary.main,
    "submissions": submissions.main,
    "pages": pages.main,
}


def main() -> int:
    """Run the benchmarks named, or all; each prints its results."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names:
        print(f"\n## {name}\n")
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
