# shellcheck shell=bash
# A user namespace of 65,536 ids, as rootless engines, Docker's userns-remap and a Pod with
# `hostUsers: false` give a container: root inside, nobody outside, and no id above 65,535.
# `--isolation fallback` after the place's name is such a container without namespaces of its own.

FEW_IDS_FIRST=300000000  # outside; nothing else has them
FEW_IDS=65536

# place_few_ids ONLY FLAG...
place_few_ids() {
  local prefix holder status=0
  need_packages busybox-static
  prefix=$(mktemp -d /var/tmp/forkjail-place-XXXXXX)
  install_service "$prefix"
  install -m 755 "$SOURCE/tests/places/in-place" "$prefix/in-place"
  chown -R "$FEW_IDS_FIRST:$FEW_IDS_FIRST" "$prefix"
  # The namespace lives as long as its first process. Only from outside can so many ids be mapped.
  unshare --user sleep infinity &
  holder=$!
  until [[ $(readlink "/proc/$holder/ns/user") != "$(readlink /proc/self/ns/user)" ]]; do sleep 0.1; done
  echo "0 $FEW_IDS_FIRST $FEW_IDS" >"/proc/$holder/uid_map"
  echo "0 $FEW_IDS_FIRST $FEW_IDS" >"/proc/$holder/gid_map"
  nsenter --target "$holder" --user unshare --mount --propagation private \
    busybox sh "$prefix/in-place" "$prefix" 18098 1 "$@" </dev/null || status=$?
  kill "$holder"
  rm -rf "$prefix"
  return "$status"
}
