"""One control plane, kubelet and set of watches for all tests; each run has a namespace of its own."""

import os
import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from harness.control_plane import ControlPlane  # noqa: E402
from harness.feed import Feed  # noqa: E402
from harness.kubelet import Kubelet  # noqa: E402
from harness.process import ROOT  # noqa: E402
from harness.proxy import Loop  # noqa: E402
from harness.run import Environment  # noqa: E402


@pytest.fixture(scope="session")
def environment(request):
    folder = request.config.getoption("--folder")
    shutil.rmtree(folder, ignore_errors=True)
    with ControlPlane(folder) as plane, Loop() as loop:
        kubelet = Kubelet(plane.api(), *plane.serving_pair)
        feed = Feed(plane.api)
        yield Environment(plane, feed, loop, folder)
        feed.stop()
        kubelet.stop()


def pytest_addoption(parser):
    parser.addoption("--folder", type=pathlib.Path, default=ROOT / "build/faults", help="of logs and results; emptied at the start")
    parser.addoption("--runs", type=int, default=int(os.environ.get("GYRE_FAULT_RUNS", "0")),
                     help="crash sweep: so many runs, evenly spaced; 0 means all")


def pytest_terminal_summary(terminalreporter):
    """The table that a reader wants: what was swept, and what it came to."""
    rows = [value for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
            for name, value in report.user_properties if name == "sweep"]
    if not rows:
        return
    terminalreporter.section("crash sweep")
    columns = list(rows[0])
    for row in [{column: column for column in columns}, *rows]:
        terminalreporter.write_line("  ".join(f"{row[column]!s:>14}" for column in columns))
