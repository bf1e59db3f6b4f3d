# shellcheck shell=bash
# A machine with cgroup v2 only, inside this one: qemu without hardware virtualization (it need not be
# there), a cloud kernel of Debian, an ext4 root. Slow: Python takes about eight times as long.

CGROUP_V2_MEMORY_MB=3072
CGROUP_V2_PATIENCE=4

# The kernel's package, unpacked and not installed. FORKJAIL_PLACES_KERNEL names another .deb.
need_kernel() {
  local into=$1 package
  [[ -e $into/.done ]] && return
  package=${FORKJAIL_PLACES_KERNEL:-}
  rm -rf "$into"
  mkdir -p "$into"
  if [[ -z $package ]]; then
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: *\(linux-image-[0-9]\S*\)$/\1/p' | head -n 1)
    [[ -n $package ]] || die "no linux-image-cloud-amd64 among the package lists: apt-get update"
    (cd "$into" && quietly kernel apt-get download "$package")
    package=$(compgen -G "$into/*.deb")
  fi
  dpkg-deb -x "$package" "$into"
  touch "$into/.done"
}

# module_and_needs KERNEL NAME: paths below /lib/modules/VERSION, needed ones first.
module_and_needs() {
  sed -n "s|^\([^:]*/$2\.ko[^:]*\): *\(.*\)$|\1 \2|p" "$1"/lib/modules/*/modules.dep | head -n 1 |
    tr ' ' '\n' | tac
}

# make_initrd KERNEL OUTPUT: loads what reaches the disk and switches to it.
make_initrd() {
  local kernel=$1 output=$2 work name path modules
  modules=$(compgen -G "$kernel/lib/modules/*")
  depmod -b "$kernel" "$(basename "$modules")"
  work=$(mktemp -d)
  mkdir -p "$work"/{bin,proc,sys,dev,new,modules}
  install -m 755 /bin/busybox "$work/bin/"
  for name in sh mount umount insmod switch_root poweroff; do ln -s busybox "$work/bin/$name"; done
  for name in virtio_pci virtio_blk virtio_net ext4; do
    for path in $(module_and_needs "$kernel" "$name"); do
      [[ -e $work/modules/$(basename "$path") ]] && continue
      cp "$modules/$path" "$work/modules/"
      basename "$path" >>"$work/modules/order"
    done
  done
  cat >"$work/init" <<'INIT'
#!/bin/sh
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done </modules/order
mount -t ext4 /dev/vda /new || { echo "== no root file system"; poweroff -f; }
mount --move /dev /new/dev
exec switch_root /new /guest-init
INIT
  chmod +x "$work/init"
  (cd "$work" && find . | cpio -o -H newc --quiet | gzip -1) >"$output"
  rm -rf "$work"
}

# make_disk OUTPUT
make_disk() {
  local output=$1 root=$PLACES/root
  make_root "$root"
  install -m 755 "$SOURCE"/tests/places/guest-{init,enter} "$root/"
  rm -f "$output"
  quietly mke2fs mke2fs -q -t ext4 -d "$root" "$output" 2G
}

# boot KERNEL INITRD DISK ORDER GROUP: the console is stdout, line by line as it comes; ends with the
# guest, with the status that it printed, or 4 where it printed none. Its disks are left as they are.
# Without AVX2: numpy's argsort gathers by it under a mask, and the emulator faults on the masked-out
# addresses.
boot() {
  local console=$PLACES/console status
  qemu-system-x86_64 -M q35 -accel tcg,thread=multi,tb-size=512 -cpu max,-avx2 -smp 2 \
    -m "$CGROUP_V2_MEMORY_MB" -kernel "$1"/boot/vmlinuz-* -initrd "$2" \
    -append "console=ttyS0 quiet panic=-1 cgroup_no_v1=all random.trust_cpu=on mitigations=off tsc=reliable place.group=$5" \
    -nographic -no-reboot -nodefaults -serial stdio -snapshot \
    -drive file="$3",format=raw,if=virtio -drive file="$4",format=raw,if=virtio </dev/null |
    sed --unbuffered 's/\r//g' | tee "$console"
  status=$(sed -n 's/^== exit \([0-9]*\) .*/\1/p' "$console" | tail -n 1)
  return "${status:-4}"
}

# place_cgroup_v2 ONLY FLAG...
place_cgroup_v2() {
  local kernel=$PLACES/kernel
  need_packages qemu-system-x86 busybox-static cpio e2fsprogs kmod
  need_kernel "$kernel"
  [[ -e $PLACES/initrd.gz ]] || make_initrd "$kernel" "$PLACES/initrd.gz"
  make_disk "$PLACES/disk.ext4"
  printf '%s\n' 8080 "$CGROUP_V2_PATIENCE" "$@" --cpu-time-max 40 --wall-time-max 80 >"$PLACES/arguments"
  tar -C "$PLACES" -cf "$PLACES/order.tar" arguments
  # The service's group: of a unit with Delegate= (service), a container's root, or the machine's (root).
  boot "$kernel" "$PLACES/initrd.gz" "$PLACES/disk.ext4" "$PLACES/order.tar" "${FORKJAIL_PLACES_GROUP:-service}"
}
