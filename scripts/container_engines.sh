# shellcheck shell=bash
# Container engines for ./test container and ./test docker: podman and a real dockerd from Debian's
# packages, and a stand-in for the base image, all below build/containers. Sourced after common.sh.
# The machine's own container settings, networks and firewall stay as they are.

CONTAINERS=$BUILD/containers
BASE_SUITE=trixie
BASE_IMAGE=docker.io/library/debian:13-slim

# Whether this machine could run an engine at all; says why not.
containers_missing() {
  if ((EUID != 0)); then echo "needs root"; return; fi
  if ! unshare --mount --pid --fork true 2>/dev/null; then echo "namespaces are refused here"; return; fi
  if [[ ! -e /dev/fuse && ! -w /sys/fs/cgroup ]]; then echo "/sys/fs/cgroup is read-only"; fi
}

# The registry that holds the base image may be out of reach, so one is made of the package archive:
# the same packages, and of this machine what it takes to reach the archives from inside.
need_base_image() {
  local archive=$CONTAINERS/base.tar uri security keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [[ -f $archive ]] && return
  say "making the base image from the package archive"
  need_packages mmdebstrap
  mkdir -p "$CONTAINERS"
  uri=$(debian_uri 1)
  security=$(debian_uri 2)
  mkdir -p "$CONTAINERS/hooks"
  cat >"$CONTAINERS/hooks/customize" <<'HOOK'
#!/bin/sh
# $1: the new root
rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin
mkdir -p "$1/usr/local/share/ca-certificates"
for certificate in /usr/local/share/ca-certificates/*.crt; do
  [ -e "$certificate" ] && cp "$certificate" "$1/usr/local/share/ca-certificates/"
done
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$1/etc/pip.conf"
if [ ! -e /etc/pip.conf ] && ls "$1"/usr/local/share/ca-certificates/*.crt >/dev/null 2>&1; then
  printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n' >"$1/etc/pip.conf"
fi
HOOK
  chmod +x "$CONTAINERS/hooks/customize"
  quietly base-image mmdebstrap --variant=minbase --mode=root \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --aptopt='Acquire::Languages "none"' \
    --customize-hook="$CONTAINERS/hooks/customize \"\$1\"" "$BASE_SUITE" "$CONTAINERS/new.tar" \
    "deb [signed-by=$keyring] $uri $BASE_SUITE main" \
    "deb [signed-by=$keyring] $uri $BASE_SUITE-updates main" \
    "deb [signed-by=$keyring] $security $BASE_SUITE-security main"
  mv "$CONTAINERS/new.tar" "$archive"
}

# debian_uri N: the Nth archive of the machine's own sources: 1 the main one, 2 that of security.
debian_uri() {
  local found
  found=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | sed -n "$1p")
  case $1 in
    1) echo "${found:-http://deb.debian.org/debian}" ;;
    *) echo "${found:-http://deb.debian.org/debian-security}" ;;
  esac
}

# The control groups that engines keep for their containers, and never remove.
engine_groups() {
  find /sys/fs/cgroup -depth -type d \( -path '*/libpod_parent*' -o -path '*/docker' -o -path '*/docker/*' \) \
    2>/dev/null | sort
}

# remove_engine_groups BEFORE: those that are empty and not of BEFORE, what engine_groups said once.
remove_engine_groups() {
  comm -13 <(printf '%s\n' "$1") <(engine_groups) | sort --reverse | xargs --no-run-if-empty rmdir 2>/dev/null || true
}

# unpack_packages DIRECTORY NAME...: Debian packages unpacked aside, for what must not be installed.
unpack_packages() {
  local directory=$1 package
  shift
  [[ -f $directory/.stamp && $(cat "$directory/.stamp") == "$*" ]] && return
  say "unpacking $*"
  rm -rf "$directory"
  mkdir -p "$directory/packages"
  # shellcheck disable=SC2016  # expanded by the inner shell
  quietly "unpack-$1" bash -c 'cd "$1" && shift && apt-get download "$@"' _ "$directory/packages" "$@"
  for package in "$directory"/packages/*.deb; do dpkg-deb -x "$package" "$directory"; done
  rm -rf "$directory/packages"
  printf '%s' "$*" >"$directory/.stamp"
}

# Docker's own default seccomp profile, from Debian's package of Docker's source. Podman's is far looser:
# a service that starts under it may still be refused by Docker.
need_docker_profile() {
  local source=usr/share/gocode/src/github.com/docker/docker/profiles/seccomp/default.json
  unpack_packages "$CONTAINERS/docker-source" golang-github-docker-docker-dev
  DOCKER_SECCOMP_PROFILE=$CONTAINERS/docker-source/$source
  [[ -f $DOCKER_SECCOMP_PROFILE ]] || die "Debian's package has no $source"
  export DOCKER_SECCOMP_PROFILE
}

# Settings that work without CAP_SYS_RESOURCE and with mixed cgroup versions.
need_podman() {
  need_packages podman buildah runc slirp4netns netavark aardvark-dns iptables uidmap catatonit
  mkdir -p "$CONTAINERS/run/libpod" "$CONTAINERS/store" "$CONTAINERS/networks"
  cat >"$CONTAINERS/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
log_driver = "k8s-file"
cgroupns = "private"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
tmp_dir = "$CONTAINERS/run/libpod"
network_cmd_path = "/usr/bin/slirp4netns"
[network]
network_backend = "netavark"
network_config_dir = "$CONTAINERS/networks"
CONF
  cat >"$CONTAINERS/storage.conf" <<CONF
[storage]
driver = "overlay"
runroot = "$CONTAINERS/run/containers"
graphroot = "$CONTAINERS/store"
CONF
  export CONTAINERS_CONF=$CONTAINERS/containers.conf CONTAINERS_STORAGE_CONF=$CONTAINERS/storage.conf
  export TMPDIR=$CONTAINERS/run
  unset XDG_RUNTIME_DIR
  if ! podman image exists "$BASE_IMAGE"; then
    quietly import podman import --change 'CMD ["/bin/bash"]' "$CONTAINERS/base.tar" "$BASE_IMAGE"
  fi
}

# A dockerd of our own, in a mount namespace of its own, that touches no firewall and no forwarding. On a
# bridge of our own: any dockerd on the machine may take docker0 away.
DOCKER_BRIDGE=forkjail-test0

start_dockerd() {
  local home=$CONTAINERS/docker
  need_packages runc iptables iproute2
  unpack_packages "$home-program" docker.io containerd tini
  mkdir -p "$home"
  DOCKER_HOST=unix://$home/docker.sock
  export DOCKER_HOST PATH=$home-program/usr/bin:$home-program/usr/sbin:$PATH
  ip link show "$DOCKER_BRIDGE" >/dev/null 2>&1 || ip link add "$DOCKER_BRIDGE" type bridge || return 1
  ip address replace 10.99.0.1/24 dev "$DOCKER_BRIDGE"
  ip link set "$DOCKER_BRIDGE" up
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount --propagation private bash -c '
    mkdir -p /etc/docker && mount -t tmpfs none /etc/docker
    exec dockerd --host "$DOCKER_HOST" --data-root "$1/data" --exec-root "$1/exec" \
      --pidfile "$1/dockerd.pid" --iptables=false --ip6tables=false --ip-forward=false \
      --ip-masq=false --bridge "$2" --default-ulimit nofile=20000:20000 \
      --oom-score-adjust 0 --exec-opt native.cgroupdriver=cgroupfs' _ "$home" "$DOCKER_BRIDGE" \
    >"$LOGS/dockerd.log" 2>&1 </dev/null &
  DOCKERD=$!
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    docker version >/dev/null 2>&1 && break
    kill -0 "$DOCKERD" 2>/dev/null || break
    sleep 0.3
  done
  if ! docker version >/dev/null 2>&1; then
    tail -n 20 "$LOGS/dockerd.log" >&2
    return 1
  fi
  if ! docker image inspect debian:13-slim >/dev/null 2>&1; then
    quietly import docker import --change 'CMD ["/bin/bash"]' "$CONTAINERS/base.tar" debian:13-slim
  fi
}

stop_dockerd() {
  [[ -n ${DOCKERD:-} ]] || return 0
  if kill "$DOCKERD" 2>/dev/null; then wait "$DOCKERD" || true; fi
  ip link delete "$DOCKER_BRIDGE" || true
  rm -rf "$CONTAINERS/docker/exec"
}
