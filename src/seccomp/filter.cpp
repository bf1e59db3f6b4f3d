#include "seccomp/filter.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>

#include "base/pipe.h"
#include "seccomp/shorten.h"

namespace forkjail::seccomp {
namespace {

struct ReleaseFilter {
  void operator()(void* context) const { ::seccomp_release(context); }
};
using FilterContext = std::unique_ptr<void, ReleaseFilter>;

// libseccomp returns negated errnos and leaves errno alone.
Error seccomp_error(std::string_view step, int result, std::string_view detail = {}) {
  return Error{std::string(step), -result, std::string(detail)};
}

struct FilterSetting {
  scmp_filter_attr attribute;
  std::uint32_t value;
  std::string_view why;
};
constexpr std::array kFilterSettings{
    FilterSetting{SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS,
                  "int 0x80 and x32 numbers mean other calls: no honest script makes one"},
    FilterSetting{
        SCMP_FLTATR_CTL_OPTIMIZE, 2,
        "a binary tree: the kernel walks the program once a call number when it attaches"},
};

std::uint32_t action_of(Answer answer) {
  switch (answer) {
    case Answer::allow:
      return SCMP_ACT_ALLOW;
    case Answer::not_existing:
      return SCMP_ACT_ERRNO(ENOSYS);
    case Answer::not_supported:
      return SCMP_ACT_ERRNO(EOPNOTSUPP);
    case Answer::not_permitted:
      return SCMP_ACT_ERRNO(EPERM);
    case Answer::pretended:
      return SCMP_ACT_ERRNO(0);
    case Answer::notify:
      return SCMP_ACT_NOTIFY;
    case Answer::trap:
      return SCMP_ACT_TRAP;
    case Answer::kill:
      return SCMP_ACT_KILL_PROCESS;
  }
  return SCMP_ACT_KILL_PROCESS;
}

scmp_arg_cmp comparison(const ArgumentRule& rule) {
  return {rule.argument, SCMP_CMP_MASKED_EQ, rule.mask, rule.value};
}

Status add_condition(void* context, const SyscallRow& row, const Condition& condition) {
  std::array<scmp_arg_cmp, Condition::kRulesMax> comparisons{};
  std::transform(condition.rules.begin(), condition.rules.begin() + condition.count,
                 comparisons.begin(), comparison);
  // exact: as written, or not at all.
  const int result =
      ::seccomp_rule_add_exact_array(context, action_of(row.answer), row.number,
                                     static_cast<unsigned>(condition.count), comparisons.data());
  if (result != 0) return seccomp_error("seccomp_rule_add_exact_array", result, row.name);
  return ok_status();
}

Status add_row(void* context, const SyscallRow& row) {
  if (row.any_of.empty()) return add_condition(context, row, Condition{});
  for (const Condition& condition : row.any_of) {
    if (const Status status = add_condition(context, row, condition); !status) return status;
  }
  return ok_status();
}

// libseccomp asks the kernel which actions it supports and refuses the others. gVisor supports
// SECCOMP_RET_KILL_PROCESS but not the query; a filter with notifications is refused when it is
// attached.
void raise_api_level() {
  constexpr unsigned kWithNotifications = 5;
  if (::seccomp_api_get() < kWithNotifications) (void)::seccomp_api_set(kWithNotifications);
}

Result<FilterContext> build_filter(const Policy& policy) {
  raise_api_level();
  FilterContext context(::seccomp_init(action_of(policy.otherwise)));
  if (!context) return Error{"seccomp_init", 0, {}};
  for (const FilterSetting& setting : kFilterSettings) {
    const int result = ::seccomp_attr_set(context.get(), setting.attribute, setting.value);
    if (result != 0) return seccomp_error("seccomp_attr_set", result, setting.why);
  }
  for (const SyscallRow& row : policy.rows) {
    if (const Status status = add_row(context.get(), row); !status) return status.error();
  }
  return context;
}

// Through a pipe, which holds the longest program and needs no file system.
Result<std::vector<sock_filter>> export_instructions(const FilterContext& filter) {
  Result<Pipe> pipe = make_pipe();
  if (!pipe) return pipe.error();
  const int result = ::seccomp_export_bpf(filter.get(), pipe->write_end.get());
  if (result != 0) return seccomp_error("seccomp_export_bpf", result);
  pipe->write_end.reset();

  std::array<sock_filter, kFilterInstructionsMax + 1> buffer{};
  std::size_t bytes = 0;
  for (;;) {
    const auto rest = std::as_writable_bytes(std::span(buffer)).subspan(bytes);
    const ssize_t n = ::read(pipe->read_end.get(), rest.data(), rest.size());
    if (n < 0) return errno_error("read exported filter");
    if (n == 0) break;
    bytes += static_cast<std::size_t>(n);
  }
  const std::size_t count = bytes / sizeof(sock_filter);
  if (count > kFilterInstructionsMax) return Error{"compile filter", E2BIG, "policy too large"};
  return std::vector(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(count));
}

std::vector<std::size_t> find_own_pid(const std::vector<sock_filter>& instructions) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < instructions.size(); ++i) {
    const sock_filter& instruction = instructions[i];
    if (instruction.code == (BPF_JMP | BPF_JEQ | BPF_K) && instruction.k == kOwnPid) {
      found.push_back(i);
    }
  }
  return found;
}

}  // namespace

Result<FilterProgram> compile_filter(const Policy& policy) {
  Result<FilterContext> filter = build_filter(policy);
  if (!filter) return filter.error();
  Result<std::vector<sock_filter>> exported = export_instructions(*filter);
  if (!exported) return exported.error();
  std::vector<sock_filter> instructions = shorten(*std::move(exported));
  std::vector<std::size_t> own_pid_at = find_own_pid(instructions);
  return FilterProgram{std::move(instructions), std::move(own_pid_at)};
}

namespace {

// What seccomp(2) returns: 0, or with SECCOMP_FILTER_FLAG_NEW_LISTENER a descriptor.
Result<int> attach(const FilterProgram& program, unsigned flags) {
  std::array<sock_filter, kFilterInstructionsMax> own;  // NOLINT: filled as far as it is used
  if (program.instructions.size() > own.size()) return Error{"attach filter", E2BIG, {}};
  std::copy(program.instructions.begin(), program.instructions.end(), own.begin());
  const auto pid = static_cast<std::uint32_t>(::getpid());
  for (const std::size_t index : program.own_pid_at) own.at(index).k = pid;

  const sock_fprog fprog{static_cast<unsigned short>(program.instructions.size()), own.data()};
  const long result = ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &fprog);
  if (result < 0) return errno_error("attach filter");
  return static_cast<int>(result);
}

}  // namespace

Status attach_filter(const FilterProgram& program) {
  const auto attached = attach(program, 0);
  return attached ? ok_status() : Status(attached.error());
}

Result<UniqueFd> attach_listened_filter(const FilterProgram& program) {
  const auto listener = attach(program, SECCOMP_FILTER_FLAG_NEW_LISTENER);
  if (!listener) return listener.error();
  return UniqueFd(*listener);
}

}  // namespace forkjail::seccomp
