# Keys, certificates and kubeconfigs, made new for each cluster. Sourced.
# shellcheck shell=bash

make_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

make_ca() {
  make_key "$CERTS/$1.key"
  openssl req -x509 -new -key "$CERTS/$1.key" -days 365 -subj "/CN=gyre-$1" -out "$CERTS/$1.crt" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
}

# make_cert CA NAME SUBJECT [SUBJECT-ALTERNATIVE-NAMES]
make_cert() {
  local ca=$1 name=$2 subject=$3 names=${4:-}
  make_key "$CERTS/$name.key"
  {
    echo "keyUsage=critical,digitalSignature"
    echo "extendedKeyUsage=clientAuth,serverAuth"
    [[ -z $names ]] || echo "subjectAltName=$names"
  } >"$CERTS/$name.ext"
  openssl req -new -key "$CERTS/$name.key" -subj "$subject" |
    openssl x509 -req -CA "$CERTS/$ca.crt" -CAkey "$CERTS/$ca.key" -days 365 -extfile "$CERTS/$name.ext" -out "$CERTS/$name.crt" 2>/dev/null
}

# make_kubeconfig NAME FILE: for a user whose certificate is there. The certificates are in the file.
make_kubeconfig() {
  cat >"$2" <<YAML
apiVersion: v1
kind: Config
clusters:
- name: gyre
  cluster:
    server: $API_URL
    certificate-authority-data: $(base64 -w0 "$CERTS/ca.crt")
users:
- name: $1
  user:
    client-certificate-data: $(base64 -w0 "$CERTS/$1.crt")
    client-key-data: $(base64 -w0 "$CERTS/$1.key")
contexts:
- name: gyre
  context: {cluster: gyre, user: $1}
current-context: gyre
YAML
}

make_certs() {
  rm -rf "$CERTS"
  (
    umask 077
    mkdir -p "$CERTS"
    make_ca ca
    make_ca etcd-ca
    make_ca front-proxy-ca
    openssl genrsa -out "$CERTS/service-accounts.key" 2048 2>/dev/null
    openssl rsa -in "$CERTS/service-accounts.key" -pubout -out "$CERTS/service-accounts.pub" 2>/dev/null
    make_cert etcd-ca etcd "/CN=etcd" "IP:127.0.0.1"
    make_cert etcd-ca etcd-client "/CN=kube-apiserver"
    make_cert front-proxy-ca front-proxy "/CN=front-proxy-client"
    make_cert ca apiserver "/CN=kube-apiserver" \
      "IP:$NODE_IP,IP:$KUBERNETES_IP,IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
    make_cert ca apiserver-kubelet "/O=system:masters/CN=kube-apiserver-kubelet-client"
    make_cert ca kubelet "/O=system:nodes/CN=system:node:$NODE_NAME" "IP:$NODE_IP,DNS:$NODE_NAME"
    make_cert ca admin "/O=system:masters/CN=gyre-admin"
    make_cert ca controller-manager "/CN=system:kube-controller-manager"
    make_cert ca scheduler "/CN=system:kube-scheduler"
    make_cert ca proxy "/CN=system:kube-proxy"
    make_cert ca coredns "/CN=gyre-coredns"
    local user
    for user in kubelet controller-manager scheduler proxy coredns; do make_kubeconfig "$user" "$CERTS/$user.kubeconfig"; done
    make_kubeconfig admin "$CLUSTER_KUBECONFIG"
  )
}
