"""Fails when an #include breaks the table of docs/architecture.md: who may include whom."""

import pathlib
import re
import sys

BASE = ["operator/base"]
API = BASE + ["crds"]
CORE = API + ["controllers/common", "dataplane/stats", "dataplane/wire"]
SHELL = CORE + ["operator/kube", "operator/runtime"]

# The longest folder that a file is in decides; a folder may always include itself.
ALLOWED = {
    "operator/base": [],
    "crds": BASE,
    "operator/trace": BASE,
    "operator/kube": API + ["operator/trace"],
    "operator/runtime": API + ["operator/trace", "operator/kube", "controllers/common"],
    "operator/serve": BASE + ["operator/runtime"],
    "controllers/common": API + ["dataplane/wire"],
    "dataplane/wire": API,
    "dataplane/net": API,
    "dataplane/protocol": API + ["dataplane/wire"],
    "dataplane/stats": [],
    "dataplane/agent": API + ["dataplane/stats", "dataplane/wire", "dataplane/net", "dataplane/protocol"],
    "dataplane/worker": API + ["dataplane/stats", "dataplane/wire", "dataplane/net", "dataplane/protocol"],
    "operator/collector": API + ["operator/kube", "operator/runtime", "operator/serve", "controllers/common", "dataplane/wire"],
    "operator/metrics": API + ["operator/kube", "operator/runtime", "controllers/common"],
    "webhooks": API + ["controllers/common", "operator/kube", "operator/runtime", "operator/serve"],
}
# Parts of a controller that read and write; everything else in its folder is pure.
SHELL_FILES = re.compile(r"(observe|reconciler)(_\w+)?\.(h|cc)$")
# A kind's own rules, which admission applies, and which kinds that embed its spec share.
RULES_FILE = re.compile(r"controllers/\w+/validate\.h$")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
ROOTS = ("operator", "crds", "controllers", "webhooks", "dataplane")


def allowed_for(path: str) -> list[str]:
    folder = path.rsplit("/", 1)[0]
    if folder.startswith("controllers/") and not folder.startswith("controllers/common"):
        return SHELL if SHELL_FILES.search(path) else CORE
    while folder not in ALLOWED:
        if "/" not in folder:
            return list(ROOTS)  # operator/main.cc wires everything.
        folder = folder.rsplit("/", 1)[0]
    return ALLOWED[folder]


def own_folder(path: str) -> str:
    parts = path.split("/")
    return parts[0] if parts[0] in ("crds", "webhooks") else "/".join(parts[:2])


def broken(root: pathlib.Path):
    for top in ROOTS:
        for file in sorted((root / top).rglob("*.[hc]*")):
            path = file.relative_to(root).as_posix()
            if not path.endswith((".h", ".cc")) or path.count("/") == 1 and path.startswith("operator/"):
                continue
            allowed = allowed_for(path) + [own_folder(path)]
            for include in INCLUDE.findall(file.read_text()):
                if include.startswith(tuple(f"{folder}/" for folder in allowed)) or RULES_FILE.match(include):
                    continue
                yield f"{path} may not include {include}"


def main() -> int:
    found = list(broken(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "every include keeps to the table")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
