#!/usr/bin/env bash
# Shows that the local cluster can do what Gyre needs of it: logs, names, services, volumes, restricted pods,
# native sidecars, and a webhook in a pod.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/lib/common.sh"
source "$here/lib/settings.sh"

kube() { "$CLUSTER/bin/kubectl" --kubeconfig "$CLUSTER_KUBECONFIG" "$@"; }
smoke() { kube -n gyre-smoke "$@"; }

clean_up() {
  kube delete validatingwebhookconfiguration gyre-smoke --ignore-not-found >/dev/null
  kube delete namespace gyre-smoke --ignore-not-found >/dev/null
}

# fill_in: puts a certificate for the webhook's service into the manifests.
fill_in() {
  local folder
  folder=$(mktemp -d)
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=webhook \
    -addext subjectAltName=DNS:webhook.gyre-smoke.svc -keyout "$folder/key" -out "$folder/crt" 2>/dev/null
  sed "s|TLS_CRT|$(base64 -w0 "$folder/crt")|; s|TLS_KEY|$(base64 -w0 "$folder/key")|" "$here/manifests/smoke.yaml"
  rm -rf "$folder"
}

# refusal: what the API server says after asking the webhook through its Service.
refusal() {
  smoke create -f - 2>&1 <<<'{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x", "labels": {"gyre-smoke": "refuse"}}}' || true
}

expect() {
  local what=$1 text=$2 pattern=$3
  grep -q -- "$pattern" <<<"$text" || die "$what: expected '$pattern' in: $text"
  say "ok: $what"
}

main() {
  local logs claim
  clean_up
  trap clean_up EXIT
  fill_in | kube apply -f - >/dev/null
  smoke wait --for=condition=Ready pod/webhook --timeout=60s >/dev/null
  expect "a restricted pod runs, and kubectl logs reads it" "$(smoke logs webhook)" serving
  expect "the API server asks a webhook in a pod" "$(refusal)" "the webhook was asked"
  smoke wait --for=condition=Complete job/client --timeout=90s >/dev/null || { smoke logs job/client -c client >&2; die "the client Job did not complete"; }
  say "ok: an Indexed Job with native sidecars completes"
  logs=$(smoke logs job/client -c client)
  expect "a pod reaches a service by its name" "$logs" "service: .*from a pod"
  expect "a pod reaches a service by its short name" "$logs" "short name: .*from a pod"
  expect "a pod reaches the API server" "$logs" "api: "
  expect "scikit-learn loads on a read-only root" "$logs" "scikit-learn 1"
  expect "the sidecar's last words are kept" "$(smoke get pods -l job-name=client -o jsonpath='{.items[*].status.initContainerStatuses[*].state.terminated.message}')" "told to stop"
  claim=$(smoke get pvc shared -o jsonpath='{.spec.volumeName}')
  [[ $(find "$CLUSTER/volumes/$claim" -name 'from-*' | wc -l) == 2 ]] || die "two pods should have written to volume $claim"
  say "ok: two pods share a volume"
  clean_up
  wait_for 30 "volume $claim offered again" volume_is_free "$claim"
  say "ok: a released volume is empty and offered again"
}

volume_is_free() {
  [[ $(kube get pv "$1" -o jsonpath='{.status.phase}') == Available && -z $(ls -A "$CLUSTER/volumes/$1") ]]
}

main
