#!/usr/bin/env bash
# Configures and builds one preset of CMakePresets.json: dev when none is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-dev}
cmake --preset "$preset" >/dev/null
exec nice cmake --build --preset "$preset"
