#include "confine/user.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace forkjail::confine {

Status become_user(uid_t uid) {
  // Raw calls: glibc's wrappers would signal other threads, of which there are none.
  if (::syscall(SYS_setgroups, 0, nullptr) != 0) return errno_error("setgroups");
  if (::syscall(SYS_setresgid, uid, uid, uid) != 0) return errno_error("setresgid");
  if (::syscall(SYS_setresuid, uid, uid, uid) != 0) return errno_error("setresuid");
  return ok_status();
}

Status verify_user(uid_t uid) {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  if (::getresuid(&real, &effective, &saved) != 0) return errno_error("getresuid");
  if (real != uid || effective != uid || saved != uid) return Error{"verify uid", 0, "not its own"};
  return ok_status();
}

Status verify_group(gid_t gid) {
  gid_t real = 0;
  gid_t effective = 0;
  gid_t saved = 0;
  if (::getresgid(&real, &effective, &saved) != 0) return errno_error("getresgid");
  if (real != gid || effective != gid || saved != gid) return Error{"verify gid", 0, "not its own"};
  if (::getgroups(0, nullptr) != 0) return Error{"verify groups", 0, "some are left"};
  return ok_status();
}

}  // namespace forkjail::confine
