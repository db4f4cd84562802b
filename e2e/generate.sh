#!/usr/bin/env bash
# Writes what is generated from the API types: crds/manifests and docs/reference.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset dev >/dev/null
cmake --build --preset dev --target gyre-crds
exec build/dev/bin/gyre-crds crds/manifests docs/reference
