# etcd, API server, controller manager, scheduler. Sourced.
# shellcheck shell=bash

kube() { "$KUBERNETES/kubectl" --kubeconfig "$CLUSTER_KUBECONFIG" "$@"; }

start_etcd() {
  rm -rf "$CLUSTER/etcd"
  local client="https://127.0.0.1:$ETCD_PORT" peer="https://127.0.0.1:$ETCD_PEER_PORT"
  # Without fsync: this cluster's state is not worth a disk's patience.
  start etcd "$(etcd_program)" --name gyre --data-dir "$CLUSTER/etcd" --unsafe-no-fsync \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "gyre=$peer" \
    --cert-file "$CERTS/etcd.crt" --key-file "$CERTS/etcd.key" --client-cert-auth --trusted-ca-file "$CERTS/etcd-ca.crt" \
    --peer-cert-file "$CERTS/etcd.crt" --peer-key-file "$CERTS/etcd.key" --peer-client-cert-auth --peer-trusted-ca-file "$CERTS/etcd-ca.crt" \
    --log-level warn
}

# Go names the program after the last element of its package path, the module's major version left out.
etcd_program() { find "$(tool_bin etcd)" -maxdepth 1 -type f -executable | head -1; }

start_apiserver() {
  start kube-apiserver "$KUBERNETES/kube-apiserver" \
    --etcd-servers "https://127.0.0.1:$ETCD_PORT" --etcd-cafile "$CERTS/etcd-ca.crt" \
    --etcd-certfile "$CERTS/etcd-client.crt" --etcd-keyfile "$CERTS/etcd-client.key" \
    --bind-address "$NODE_IP" --advertise-address "$NODE_IP" --secure-port "$API_PORT" \
    --tls-cert-file "$CERTS/apiserver.crt" --tls-private-key-file "$CERTS/apiserver.key" --client-ca-file "$CERTS/ca.crt" \
    --kubelet-certificate-authority "$CERTS/ca.crt" --kubelet-preferred-address-types InternalIP \
    --kubelet-client-certificate "$CERTS/apiserver-kubelet.crt" --kubelet-client-key "$CERTS/apiserver-kubelet.key" \
    --requestheader-client-ca-file "$CERTS/front-proxy-ca.crt" --requestheader-allowed-names front-proxy-client \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file "$CERTS/front-proxy.crt" --proxy-client-key-file "$CERTS/front-proxy.key" \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file "$CERTS/service-accounts.pub" --service-account-signing-key-file "$CERTS/service-accounts.key" \
    --service-cluster-ip-range "$SERVICE_CIDR" --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --allow-privileged --profiling=false
}

start_controller_manager() {
  start kube-controller-manager "$KUBERNETES/kube-controller-manager" \
    --kubeconfig "$CERTS/controller-manager.kubeconfig" \
    --authentication-kubeconfig "$CERTS/controller-manager.kubeconfig" --authorization-kubeconfig "$CERTS/controller-manager.kubeconfig" \
    --bind-address 127.0.0.1 --leader-elect=false --use-service-account-credentials \
    --root-ca-file "$CERTS/ca.crt" --service-account-private-key-file "$CERTS/service-accounts.key" \
    --cluster-signing-cert-file "$CERTS/ca.crt" --cluster-signing-key-file "$CERTS/ca.key"
}

start_scheduler() {
  start kube-scheduler "$KUBERNETES/kube-scheduler" \
    --kubeconfig "$CERTS/scheduler.kubeconfig" \
    --authentication-kubeconfig "$CERTS/scheduler.kubeconfig" --authorization-kubeconfig "$CERTS/scheduler.kubeconfig" \
    --bind-address 127.0.0.1 --leader-elect=false
}

api_ready() { curl -sf --cacert "$CERTS/ca.crt" --cert "$CERTS/admin.crt" --key "$CERTS/admin.key" "$API_URL/readyz"; }

start_control_plane() {
  start_etcd
  start_apiserver
  wait_for 90 "the API server" api_ready || { show_end etcd && show_end kube-apiserver && exit 1; }
  start_controller_manager
  start_scheduler
}
