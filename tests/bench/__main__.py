"""Runs one bench, or all of `pipeline`, and prints its figures with the machine they were taken on.

A bench is a module of this folder with `run(**options) -> dict`; options come as KEY=VALUE.
"""

import argparse
import importlib
import json
import os
import pkgutil
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import tests.bench

ROOT = Path(__file__).resolve().parents[2]


def machine() -> dict[str, Any]:
    """Processor, cores, memory, Python and revision: what a figure is worth nothing without."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    revision = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "python": platform.python_version(),
        "system": platform.platform(),
        "revision": revision,
        "load_before": round(os.getloadavg()[0], 2),
    }


def names() -> list[str]:
    return sorted(m.name for m in pkgutil.iter_modules(tests.bench.__path__) if m.name[0] != "_" and not m.ispkg)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("name", choices=names(), help="which bench")
    parser.add_argument("options", nargs="*", metavar="KEY=VALUE", help="options of that bench, e.g. seconds=600")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    # Options may stand before or behind --json.
    args = parser.parse_intermixed_args()
    options: dict[str, Any] = {}
    for option in args.options:
        key, sep, value = option.partition("=")
        if not sep:
            parser.error(f"option '{option}' is not KEY=VALUE")
        try:
            options[key] = json.loads(value)
        except json.JSONDecodeError:
            options[key] = value
    info = machine()
    began = time.perf_counter()
    figures = importlib.import_module(f"tests.bench.{args.name}").run(**options)
    result = {
        "bench": args.name,
        "machine": info,
        "seconds": round(time.perf_counter() - began, 2),
        "load_after": round(os.getloadavg()[0], 2),
        "figures": figures,
    }
    if args.json:
        print(json.dumps(result, indent=1, default=float))
    else:
        print(
            f"{args.name} on {info['processor']}, {info['cores']} cores, load {info['load_before']} before, "
            f"{result['load_after']} after ({info['revision']})"
        )
        for row in figures.pop("rows", ()):
            mark = {True: "holds", False: "MISSED", None: ""}[row["holds"]]
            print(f"  {row['what']:<48} {json.dumps(row['measured'], default=float):<24} {row['aim']:<24} {mark}")
        for key, value in figures.items():
            print(f"  {key}: {json.dumps(value, default=float)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
