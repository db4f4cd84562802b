"""python -m bench [counting|pods|proxy|runtime|sizes|webhook]...: all when none is named."""

import signal
import sys

from . import counting, pods, proxy, runtime, sizes, webhook
from .measure import RESULTS

BENCHMARKS = {"counting": counting.run, "pods": pods.run, "proxy": proxy.run, "runtime": runtime.run,
              "sizes": sizes.run, "webhook": webhook.run}


def main() -> None:
    # An end by `timeout` or `kill` also stops what was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    names = sys.argv[1:] or list(BENCHMARKS)
    if unknown := [name for name in names if name not in BENCHMARKS]:
        raise SystemExit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    RESULTS.mkdir(parents=True, exist_ok=True)
    tables = []
    for name in names:
        print(f"{name}:", flush=True)
        for table in BENCHMARKS[name]():
            print(f"\n{table}\n", flush=True)
            tables.append(table)
    (RESULTS / "table.txt").write_text("\n\n".join(tables) + "\n")


main()
