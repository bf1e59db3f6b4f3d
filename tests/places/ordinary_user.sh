# shellcheck shell=bash
# This machine, as an ordinary user who owns the service's files: nothing of root's. With the kernel's
# user namespaces, and without: Landlock alone.

ORDINARY_UID=54321

# as_ordinary_user ONLY FLAG...
as_ordinary_user() {
  local prefix status=0
  need_packages busybox-static
  prefix=$(mktemp -d /var/tmp/forkjail-place-XXXXXX)
  install_service "$prefix"
  install -m 755 "$SOURCE/tests/places/in-place" "$prefix/in-place"
  chown -R "$ORDINARY_UID:$ORDINARY_UID" "$prefix"
  setpriv --reuid "$ORDINARY_UID" --regid "$ORDINARY_UID" --clear-groups --inh-caps=-all \
    --bounding-set=-all busybox sh "$prefix/in-place" "$prefix" 18099 1 "$@" </dev/null || status=$?
  rm -rf "$prefix"
  return "$status"
}

place_user_namespaces() { as_ordinary_user "$@"; }
place_landlock() { as_ordinary_user "$@" --isolation fallback; }
