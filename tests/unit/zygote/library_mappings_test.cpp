#include "zygote/library_mappings.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "script_runner.h"

namespace forkjail::zygote {
namespace {

// The host merges the mappings as it starts.
TEST(LibraryMappings, NothingIsWritableAndExecutable) {
  static_cast<void>(test_host());
  std::ifstream maps("/proc/self/maps");
  std::size_t executable = 0;
  for (std::string line; std::getline(maps, line);) {
    const std::string protection = line.substr(line.find(' ') + 1, 4);
    const bool may_run = protection[2] == 'x';
    EXPECT_FALSE(may_run && protection[1] == 'w') << line;
    if (may_run) ++executable;
  }
  EXPECT_GT(executable, 0U);
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
