#include "zygote/huge_pages.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <span>

namespace forkjail::zygote {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kBytes = 5 * kPage;

std::span<std::uint8_t> mapped_bytes() {
  void* const start =
      ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const std::span bytes(static_cast<std::uint8_t*>(start), kBytes);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(i / kPage + i);
  return bytes;
}

bool holds_what_was_there(std::span<const std::uint8_t> bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != static_cast<std::uint8_t>(i / kPage + i)) return false;
  }
  return true;
}

bool put(HugePages& pages, std::span<std::uint8_t> bytes, int protection) {
  const auto start = reinterpret_cast<std::uintptr_t>(bytes.data());
  return pages.put_in_place(start, start + bytes.size(), protection);
}

TEST(HugePages, KeepTheContentsOfEachPlace) {
  HugePages pages(2 * kBytes);
  const auto first = mapped_bytes();
  const auto second = mapped_bytes();
  if (!put(pages, first, PROT_READ | PROT_WRITE)) GTEST_SKIP() << "the kernel gives no huge page";
  EXPECT_TRUE(put(pages, second, PROT_READ | PROT_WRITE));
  EXPECT_TRUE(holds_what_was_there(first));
  EXPECT_TRUE(holds_what_was_there(second));
  first[0] = 1;
  EXPECT_EQ(first[0], 1);
}

TEST(HugePages, TakeOnTheProtectionThatIsAskedFor) {
  HugePages pages(kBytes);
  const auto bytes = mapped_bytes();
  if (!put(pages, bytes, PROT_READ)) GTEST_SKIP() << "the kernel gives no huge page";
  EXPECT_TRUE(holds_what_was_there(bytes));
  EXPECT_DEATH(*static_cast<volatile std::uint8_t*>(bytes.data()) = 1, "");
}

TEST(HugePages, AreNotGivenBeyondTheirEnd) {
  HugePages pages(1);
  const auto bytes = mapped_bytes();
  const auto start = reinterpret_cast<std::uintptr_t>(bytes.data());
  EXPECT_FALSE(pages.put_in_place(start, start + 2 * kHugePageBytes, PROT_READ));
  EXPECT_TRUE(holds_what_was_there(bytes));
}

TEST(HugePages, ThatCannotBeHadChangeNothing) {
  rlimit data{};
  ::getrlimit(RLIMIT_DATA, &data);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto bytes = mapped_bytes();
    const rlimit none{1, data.rlim_max};
    ::setrlimit(RLIMIT_DATA, &none);
    HugePages pages(kBytes);
    ::_exit(!put(pages, bytes, PROT_READ | PROT_WRITE) && holds_what_was_there(bytes) ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace forkjail::zygote
