#include "zygote/library_mappings.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>

#include "script_runner.h"

namespace forkjail::zygote {
namespace {

bool holds(const std::string& mapping, const void* address) {
  const std::size_t dash = mapping.find('-');
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  return std::stoull(mapping, nullptr, 16) <= at &&
         at < std::stoull(mapping.substr(dash + 1), nullptr, 16);
}

// The host merges the mappings as it starts. Anonymous memory is not looked at but for the
// program's own: libffi has pages for ctypes' callbacks, which runtime/preload.py makes.
TEST(LibraryMappings, NoCodeOfAFileIsWritable) {
  const void* const code = reinterpret_cast<const void*>(&test_host);
  static_cast<void>(test_host());
  std::ifstream maps("/proc/self/maps");
  std::size_t executable = 0;
  for (std::string line; std::getline(maps, line);) {
    const std::string protection = line.substr(line.find(' ') + 1, 4);
    if (line.find('/') == std::string::npos && !holds(line, code)) continue;
    if (protection[2] != 'x') continue;
    EXPECT_NE(protection[1], 'w') << line;
    ++executable;
  }
  EXPECT_GT(executable, 1U);
}

TEST(LibraryMappings, HeadersCodeAndConstantsAreOne) {
  static_cast<void>(test_host());
  std::ifstream maps("/proc/self/maps");
  std::string last;
  for (std::string line; std::getline(maps, line);) {
    const auto slash = line.find('/');
    if (slash == std::string::npos || line.find(".so") == std::string::npos) continue;
    const std::string protection = line.substr(line.find(' ') + 1, 3);
    EXPECT_NE(protection, "r--") << line;
    if (protection != "r-x") continue;
    const std::string name = line.substr(slash);
    EXPECT_NE(name, last) << "a second mapping of it: " << line;
    last = name;
  }
}

}  // namespace
}  // namespace forkjail::zygote
