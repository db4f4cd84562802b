# Volumes made ahead, and a small watcher that empties released ones and offers them again. Sourced.
# shellcheck shell=bash

volume_manifest() {
  local name=$1
  cat <<YAML
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: $name}
spec:
  storageClassName: local
  capacity: {storage: $VOLUME_SIZE}
  accessModes: [ReadWriteOnce, ReadOnlyMany, ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  local: {path: "$CLUSTER/volumes/$name"}
  nodeAffinity:
    required:
      nodeSelectorTerms:
      - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$NODE_NAME]}]
YAML
}

# Any user of any pod may write, as on a network file system's export.
empty_volume() {
  rm -rf "${CLUSTER:?}/volumes/$1"
  mkdir -p "$CLUSTER/volumes/$1"
  chmod 0777 "$CLUSTER/volumes/$1"
}

make_volumes() {
  local name manifests=""
  for name in $(seq -f 'local-%02g' "$VOLUME_COUNT"); do
    empty_volume "$name"
    manifests+=$(volume_manifest "$name")$'\n'
  done
  kube apply -f "$GYRE_ROOT/e2e/cluster/manifests/storage-class.yaml" -f - <<<"$manifests" >/dev/null
}

reuse_volume() {
  kube delete pv "$1" --timeout=30s
  empty_volume "$1"
  volume_manifest "$1" | kube apply -f -
}

# Ends with its watch; the caller starts it again.
watch_volumes() {
  local name phase
  while read -r name phase; do
    if [[ $phase == Released ]]; then reuse_volume "$name"; fi
  done < <(kube get pv --watch -o 'jsonpath={.metadata.name}{" "}{.status.phase}{"\n"}')
}
