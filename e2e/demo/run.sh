#!/usr/bin/env bash
# Runs the demo on the cluster that $KUBECONFIG names, with the images there already (e2e/demo.sh sees to both).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
exec "${GYRE_PYTHON:-python3}" "$here/demo.py"
