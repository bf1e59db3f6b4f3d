#include "sandbox/refused_calls.h"

#include <ucontext.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <optional>

#include "protocol/run_frames.h"
#include "sandbox/emulated_calls.h"

namespace forkjail::sandbox {
namespace {

static_assert(kRefusedCallsMax == protocol::kRefusedSyscallsMax);

// No call has this number, so a slot that holds it is free.
constexpr std::uint32_t kFree = ~std::uint32_t{0};

// si_code of a SIGSYS from a filter (sigaction(2)); glibc's headers lack the name before 2.38.
constexpr int kFromSeccomp = 1;

// Distinct numbers in the order of their first call. Slots fill from the front and never change
// once taken, so readers need no lock.
template <std::size_t size>
class Record {
 public:
  constexpr Record() { slots_.fill(kFree); }

  // Async-signal-safe, and safe against the same in other threads.
  void add(std::uint32_t number) {
    for (std::uint32_t& slot : slots_) {
      std::uint32_t seen = kFree;
      if (std::atomic_ref(slot).compare_exchange_strong(seen, number)) return;
      if (seen == number) return;
    }
  }

  [[nodiscard]] std::span<const std::uint32_t> numbers() {
    std::size_t taken = 0;
    while (taken < size && std::atomic_ref(slots_[taken]).load() != kFree) ++taken;
    return std::span(slots_).first(taken);
  }

 private:
  static_assert(std::atomic_ref<std::uint32_t>::is_always_lock_free, "used in a signal handler");
  std::array<std::uint32_t, size> slots_{};
};

// Static storage: a handler has no other.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
constinit Record<kRefusedCallsMax> calls;
constinit Record<kRefusedProcessesMax> processes;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

// Runs in the thread that made the call and can change its registers. Preserves errno: the
// interrupted code may be between a call and its check of errno.
void on_refused_call(int /*signal*/, siginfo_t* info, void* context) {
  if (info->si_code != kFromSeccomp) return;  // sent by kill(2): nothing was refused
  const int saved_errno = errno;
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  const auto number = static_cast<std::uint32_t>(info->si_syscall);
  const std::array<std::int64_t, 6> arguments{registers[REG_RDI], registers[REG_RSI],
                                              registers[REG_RDX], registers[REG_R10],
                                              registers[REG_R8],  registers[REG_R9]};
  const std::optional<std::int64_t> emulated = emulate_call(number, arguments);
  if (!emulated) calls.add(number);
  registers[REG_RAX] = emulated.value_or(-EPERM);
  errno = saved_errno;
}

}  // namespace

Status install_refused_call_handler() {
  struct sigaction action{};
  action.sa_sigaction = on_refused_call;
  action.sa_flags = SA_SIGINFO;
  sigfillset(&action.sa_mask);
  if (::sigaction(SIGSYS, &action, nullptr) != 0) return errno_error("install SIGSYS handler");
  return ok_status();
}

std::span<const std::uint32_t> refused_calls() { return calls.numbers(); }

void note_refused_process(std::uint32_t number) { processes.add(number); }

std::span<const std::uint32_t> refused_processes() { return processes.numbers(); }

void reset_refused_calls() {
  calls = {};
  processes = {};
}

}  // namespace forkjail::sandbox
