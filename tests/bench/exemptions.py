"""`python -m tests.bench.exemptions [COUNT]`: how long so many entitlements take to load, and how much memory."""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

from gateway.decisions import Subject
from gateway.exemptions.file import load_exemptions

ENTRY = """  - name: tenant-{n}
    subjects: [account:tenant-{n}]
    purpose: contract
    budget: {{tokens: 50000000, traces: 20000, per: 30d}}
    ends: 2027-02-01
    owner: jo@example.org
    reason: contract {n}
"""
LOOKS = 100_000


def _mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Write a file, load it, look up subjects, and print what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=1_000_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "exemptions.yaml"
        with file.open("w") as writing:
            writing.write("entitlements:\n")
            writing.writelines(ENTRY.format(n=n) for n in range(count))
        before, began = _mib(), time.process_time()
        exemptions = load_exemptions(file)
        loaded = time.process_time() - began
        peak, size = _mib() - before, file.stat().st_size / 2**20
    subjects = [Subject("account", f"tenant-{n * 7919 % (2 * count)}") for n in range(LOOKS)]
    began = time.process_time()
    found = sum(exemptions.of(subject, 1_790_000_000.0) is not None for subject in subjects)
    looked = (time.process_time() - began) / LOOKS
    sys.stdout.write(
        f"{count:,} entitlements, {size:,.0f} MiB of YAML: {loaded:,.1f} s of processor time, {peak:,.0f} MiB at the "
        f"peak; a look-up {looked * 1e6:.2f} µs ({found:,} of {LOOKS:,} found)\n"
    )


if __name__ == "__main__":
    main()
