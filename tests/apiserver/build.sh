# shellcheck shell=bash
# A real Kubernetes API server with its etcd, the controllers that make Pods, and kubectl: compiled from
# their own Go modules at the versions that go.mod and go.sum beside this file pin. Sourced after common.sh.

APISERVER=$BUILD/apiserver
APISERVER_MODULE=$SOURCE/tests/apiserver

# find_go: the first one there is. One older than go.mod asks for fetches the right one by itself, if it may.
find_go() {
  local go
  for go in "${FORKJAIL_TEST_GO:-}" /usr/local/go/bin/go /usr/lib/go-*/bin/go /usr/bin/go; do
    if [[ -x $go ]]; then echo "$go"; return; fi
  done
}

# in_module COMMAND...: what Go fetches and compiles stays in build/, and can be removed from there.
in_module() {
  env -C "$APISERVER_MODULE" GOCACHE="$APISERVER/cache" GOMODCACHE="$APISERVER/modules" \
    GOFLAGS='-modcacherw -mod=readonly' CGO_ENABLED=0 "$@"
}

apiserver_stamp() { cat "$APISERVER_MODULE"/{go.mod,go.sum,build.sh} | sha256sum; }

apiserver_is_built() { [[ $(cat "$APISERVER/bin/.stamp" 2>/dev/null) == "$(apiserver_stamp)" ]]; }

# apiserver_missing: why it is not available here, or nothing.
apiserver_missing() {
  local go log=$LOGS/apiserver-modules.log
  apiserver_is_built && return
  go=$(find_go)
  if [[ -z $go ]]; then echo "no Go; FORKJAIL_TEST_GO may name one"; return; fi
  mkdir -p "$LOGS" "$APISERVER"
  in_module "$go" mod download >"$log" 2>&1 </dev/null ||
    echo "its Go modules cannot be had: $(tail -n 1 "$log")"
}

# Gigabytes are left of a compilation that is needed once: they go when it is done.
need_apiserver() {
  local go version name v=k8s.io/component-base/version
  local -A packages=(
    [etcd]=go.etcd.io/etcd/server/v3
    [kube-apiserver]=k8s.io/kubernetes/cmd/kube-apiserver
    [kube-controller-manager]=k8s.io/kubernetes/cmd/kube-controller-manager
    [kubectl]=k8s.io/kubernetes/cmd/kubectl)
  apiserver_is_built && return
  go=$(find_go)
  version=$(in_module "$go" list -m -f '{{.Version}}' k8s.io/kubernetes)
  for name in "${!packages[@]}"; do
    say "building $name for Kubernetes $version"
    quietly "build-$name" in_module "$go" build -buildvcs=false -trimpath \
      -ldflags "-s -w -X $v.gitVersion=$version -X $v.gitMajor=1 -X $v.gitMinor=$(cut -d. -f2 <<<"$version")" \
      -o "$APISERVER/bin/$name" "${packages[$name]}"
  done
  apiserver_stamp >"$APISERVER/bin/.stamp"
  rm -rf "$APISERVER/cache" "$APISERVER/modules"
}
