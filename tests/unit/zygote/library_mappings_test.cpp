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

// Of some 25 MB that the imports of numpy and pandas bring in.
TEST(LibraryMappings, LittleOfTheLibrariesCodeIsHeld) {
  if (!has_pandas()) GTEST_SKIP() << "needs FORKJAIL_GUEST_SITE_PACKAGES";
  static_cast<void>(test_host());
  std::ifstream maps("/proc/self/smaps");
  std::size_t held_kb = 0;
  bool is_code = false;
  for (std::string line; std::getline(maps, line);) {
    const auto space = line.find(' ');
    if (line.find('-') < space)
      is_code = line.substr(space + 1, 3) == "r-x" && line.find(".so") != std::string::npos;
    if (is_code && line.starts_with("Rss:")) held_kb += std::stoul(line.substr(4));
  }
  EXPECT_LT(held_kb, 12U << 10);
}

}  // namespace
}  // namespace forkjail::zygote
