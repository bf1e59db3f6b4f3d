# shellcheck shell=bash
# gVisor, which is what the first generation of Cloud Run is: the service in a sandbox of runsc with
# the capabilities that Docker gives, no network but its own loopback, no cgroups.

# Debian 13's is the oldest that tells the truth; Debian 12's knows no mounts.
need_runsc() {
  local at=$PLACES/gvisor/packages
  RUNSC=${FORKJAIL_PLACES_RUNSC:-$PLACES/gvisor/usr/bin/runsc}
  [[ -x $RUNSC ]] && return
  mkdir -p "$at"/{lists/partial,cache/archives/partial}
  echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian trixie main' >"$at/sources"
  local options=(-o "Dir::Etc::SourceList=$at/sources" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$at/lists" -o "Dir::Cache=$at/cache" -o APT::Sandbox::User=root)
  quietly apt-trixie apt-get "${options[@]}" update
  (cd "$at" && quietly runsc apt-get "${options[@]}" download runsc)
  dpkg-deb -x "$at"/runsc_*.deb "$PLACES/gvisor"
  rm -rf "$at"
}

# place_gvisor ONLY FLAG...
place_gvisor() {
  local bundle=$PLACES/gvisor/bundle name=forkjail-place-$$
  need_packages busybox-static
  need_runsc
  rm -rf "$bundle"
  mkdir -p "$bundle"
  make_root "$bundle/rootfs"
  "$SYSTEM_PYTHON" -B "$SOURCE/tests/oci_bundle.py" "$bundle" /opt/forkjail/in-place /opt/forkjail 8080 2 "$@"
  "$RUNSC" --root "$PLACES/gvisor/state" --platform=systrap --ignore-cgroups --network=none \
    run --bundle "$bundle" "$name" </dev/null
}
