"""What a figure was measured on."""

import os
import platform
import subprocess
from datetime import datetime, timezone
from pathlib import Path


def machine() -> dict:
    cpuinfo = Path("/proc/cpuinfo").read_text()
    model = next((line.split(":", 1)[1].strip() for line in cpuinfo.splitlines() if line.startswith("model name")), "")
    memory = next(line.split()[1] for line in Path("/proc/meminfo").read_text().splitlines()
                  if line.startswith("MemTotal"))
    return {"processor": model, "cores": len(os.sched_getaffinity(0)), "memory_mib": int(memory) // 1024,
            "kernel": platform.release(), "system": debian(), "python": platform.python_version(),
            "load_average": os.getloadavg(), "commit": commit(),
            "at": datetime.now(timezone.utc).isoformat(timespec="seconds")}


def debian() -> str:
    release = platform.freedesktop_os_release()
    return release.get("PRETTY_NAME", release.get("ID", ""))


def commit() -> str:
    answer = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False,
                            cwd=Path(__file__).parent)
    return answer.stdout.strip()
