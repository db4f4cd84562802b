"""What a node pulls: the operator's program and image beside a Go operator's."""

from pathlib import Path

from .measure import GYRE, PROGRAMS, RESULTS, report

PEER = "controller-runtime"
IMAGES = RESULTS.parent / "images"
AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"
MEGABYTE = 1_000_000


def size(*files: Path) -> float:
    return sum(file.stat().st_size for file in files) / MEGABYTE


def files_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def run() -> list[str]:
    runtime, operator = IMAGES / "runtime" / "root", IMAGES / "operator" / "root"
    twin = PROGRAMS / "twin"
    raw = {
        GYRE: [{"program MB": size(operator / "usr/local/bin/gyre-operator"),
                "image MB": size(*files_below(runtime), *files_below(operator))}],
        # The least that a Go operator can ship: its program and the certificate authorities.
        PEER: [{"program MB": size(twin), "image MB": size(twin, runtime / AUTHORITIES)}],
    }
    compared = "gyre-operator with all its controllers, and the twin with one; stripped, unpacked"
    return [report("sizes", compared, {"program MB": "lower", "image MB": "lower"}, raw, {})]
