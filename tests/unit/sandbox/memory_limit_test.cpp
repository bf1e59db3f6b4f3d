// Limits are lowered for good, so each case runs in a child process of its own.
#include "sandbox/memory_limit.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "base/limits.h"

namespace forkjail::sandbox {
namespace {

// What `body` returned, as the exit status of a child that ran it; -1 when a signal ended it.
int in_child(const std::function<bool()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool maps(std::size_t size, int protection, int flags) {
  return ::mmap(nullptr, size, protection, flags | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
bool maps_data(std::size_t size) { return maps(size, PROT_READ | PROT_WRITE, MAP_PRIVATE); }
bool maps_shared(std::size_t size) { return maps(size, PROT_READ | PROT_WRITE, MAP_SHARED); }
bool reserves(std::size_t size) { return maps(size, PROT_NONE, MAP_PRIVATE); }

TEST(MemoryLimit, MeasuredBaseGrowsByWhatIsMapped) {
  EXPECT_EQ(in_child([] {
              const auto before = measure_memory(MemoryBounds::data_and_space);
              constexpr std::size_t kSize = 10 * kMiB;
              if (!before || !maps_data(kSize)) return false;
              const auto after = measure_memory(MemoryBounds::data_and_space);
              return after.ok() && after->data_bytes == before->data_bytes + kSize &&
                     after->space_bytes == before->space_bytes + kSize;
            }),
            0);
}

TEST(MemoryLimit, MeasuresAddressSpaceOnlyWhereAskedTo) {
  EXPECT_EQ(in_child([] {
              const auto base = measure_memory(MemoryBounds::data);
              return base.ok() && base->data_bytes > 0 && base->space_bytes == 0;
            }),
            0);
}

TEST(MemoryLimit, NoGuessChangesWhatIsMeasured) {
  EXPECT_EQ(in_child([] {
              constexpr auto kBoth = MemoryBounds::data_and_space;
              const auto truth = measure_memory(kBoth);
              if (!truth) return false;
              const std::uint64_t page = 4096;
              const std::uint64_t bytes = truth->data_bytes;
              for (const std::uint64_t guess : {bytes, bytes + page, bytes - page, bytes + 3 * kMiB,
                                                bytes / 2, page, std::uint64_t{1} << 60}) {
                const auto again = measure_memory(kBoth, {guess, guess});
                if (!again || again->data_bytes != bytes) return false;
                if (again->space_bytes != truth->space_bytes) return false;
              }
              return true;
            }),
            0);
}

TEST(MemoryLimit, AllocationBeyondOwnBytesFailsAndWithinSucceeds) {
  EXPECT_EQ(in_child([] {
              const auto base = measure_memory(MemoryBounds::data);
              if (!base || !limit_memory(*base, 16 * kMiB)) return false;
              return !maps_data(17 * kMiB) && maps_data(15 * kMiB) && !maps_data(2 * kMiB);
            }),
            0);
}

// What RLIMIT_DATA does not count ends at the address space, with some room beyond the run's
// memory.
TEST(MemoryLimit, SharedAndReservedMemoryEndsAtTheAddressSpace) {
  EXPECT_EQ(in_child([] {
              const auto base = measure_memory(MemoryBounds::data_and_space);
              if (!base || !limit_memory(*base, 16 * kMiB)) return false;
              const std::size_t room = (16 + 512) * kMiB;
              return !maps_shared(room + kMiB) && !reserves(room + kMiB) && maps_shared(room / 2) &&
                     !reserves(room / 2 + kMiB);
            }),
            0);
}

TEST(MemoryLimit, RaisesNoLimitThatTheServiceWasStartedWith) {
  EXPECT_EQ(in_child([] {
              const auto base = measure_memory(MemoryBounds::data_and_space);
              if (::geteuid() == 0 && ::setuid(54'321) != 0) return false;  // root might raise it
              const rlimit given{base->space_bytes + 8 * kMiB, base->space_bytes + 8 * kMiB};
              if (!base || ::setrlimit(RLIMIT_AS, &given) != 0) return false;
              if (!limit_memory(*base, 64 * kMiB)) return false;
              return !maps_data(9 * kMiB) && maps_data(4 * kMiB);
            }),
            0);
}

}  // namespace
}  // namespace forkjail::sandbox
