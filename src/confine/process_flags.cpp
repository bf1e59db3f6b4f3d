#include "confine/process_flags.h"

#include <sys/prctl.h>

#include <csignal>

namespace forkjail::confine {

Status forbid_new_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno_error("no_new_privs");
  return ok_status();
}

Status verify_no_new_privileges() {
  if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return Error{"verify no_new_privs", 0, "off"};
  return ok_status();
}

Status forbid_tracing() {
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno_error("dumpable off");
  return ok_status();
}

Status verify_no_tracing() {
  if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return Error{"verify dumpable off", 0, "on"};
  return ok_status();
}

Status die_with_parent() {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno_error("PR_SET_PDEATHSIG");
  return ok_status();
}

}  // namespace forkjail::confine
