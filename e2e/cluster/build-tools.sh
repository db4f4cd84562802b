#!/usr/bin/env bash
# Builds the local cluster's programs into the cache. With names, only those.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/lib/common.sh"
source "$here/lib/tools.sh"
if (($#)); then TOOLS=("$@"); fi
build_tools
