// The cell's own filter for a plain Python process: loaded by ctypes in warm_runner.py, so that the
// corpus runs against what cells attach and not against a copy of it. Preloaded too, since the
// module has the zygote's semaphores (CMakeLists.txt). Test code; single-threaded.
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "sandbox/refused_calls.h"
#include "sandbox/seccomp_filter.h"

namespace sandbox = forkjail::sandbox;

namespace {

std::optional<sandbox::FilterProgram> program;

bool succeeded(const forkjail::Status& status) {
  if (!status) std::fprintf(stderr, "%s\n", status.error().to_string().c_str());
  return status.ok();
}

}  // namespace

extern "C" {

// The warm process, once. False on failure, as below; the reason goes to stderr.
bool corpus_compile_filter() {
  auto compiled = sandbox::compile_cell_filter();
  if (!compiled) return succeeded(compiled.error());
  program = std::move(*compiled);
  return true;
}

// A forked child, in the order of a cell.
bool corpus_attach_filter() {
  if (!program || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  return succeeded(sandbox::install_refused_call_handler()) &&
         succeeded(sandbox::attach_filter(*program)) && succeeded(sandbox::verify_filter());
}

// The same child, after its script: how many calls were refused; `numbers` has room for 16.
std::size_t corpus_refused_calls(std::uint32_t* numbers) {
  const auto calls = sandbox::refused_calls();
  std::copy(calls.begin(), calls.end(), numbers);
  return calls.size();
}

// The name of a call, to be freed by free(3).
char* corpus_call_name(std::uint32_t number) {
  return ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number));
}

}  // extern "C"
