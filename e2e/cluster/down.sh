#!/usr/bin/env bash
# Stops the local cluster and takes what it left off the machine. Images stay for the next start.
#   down.sh --all   images, logs and everything else under build/cluster too
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/lib/common.sh"
source "$here/lib/settings.sh"
source "$here/lib/tools.sh"
source "$here/lib/process.sh"
for part in control_plane node clean; do
  # shellcheck source=/dev/null
  source "$here/lib/$part.sh"
done

((EUID == 0)) || die "the local cluster needs root"
mkdir -p "$LOGS" "$PIDS"
exec 9>"$CLUSTER/lock"
flock -w 60 9 || die "another 'make cluster-up' is at work here"
say "stopping the cluster"
clean_machine
if [[ ${1:-} == --all ]]; then rm -rf "$CLUSTER"; fi
say "the cluster is gone"
