"""The chart as helm renders it. Skipped as a whole where the local cluster's tools are not built."""

import pathlib
import subprocess
import sys

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

NAMESPACE = "gyre-system"
NOT_BUILT = 77  # What CMake takes for skipped.


def find_tool(name: str, program: str) -> pathlib.Path:
    lib = ROOT / "e2e/cluster/lib"
    script = f"source {lib}/common.sh; source {lib}/tools.sh; tool_bin {name}"
    folder = subprocess.run(["bash", "-ec", script], capture_output=True, text=True, check=True).stdout.strip()
    return pathlib.Path(folder) / program


def pytest_sessionstart():
    for name in ("helm", "kubernetes", "etcd"):
        if not find_tool(name, ".done").exists():
            pytest.exit(f"{name} is not built; run e2e/cluster/build-tools.sh", NOT_BUILT)


@pytest.fixture(scope="session")
def render():
    """Objects of `helm template` with these values; a string is what helm says instead."""
    helm = find_tool("helm", "helm")

    def run(**values) -> list[dict] | str:
        done = subprocess.run(
            [str(helm), "template", "gyre", str(ROOT / "charts/gyre"), "--namespace", NAMESPACE, "--kube-version", "1.36.0", "--values", "-"],
            input=yaml.safe_dump(values), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return done.stderr
        return [obj for obj in yaml.safe_load_all(done.stdout) if obj]

    return run
