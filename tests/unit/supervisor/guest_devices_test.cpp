#include "supervisor/guest_devices.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;

// Of the calling thread alone.
void give_up_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> none{};
  ASSERT_EQ(::syscall(SYS_capset, &header, none.data()), 0);
}

TEST(MakeDevices, LeavesTheEmptyFilesWhereNodesAreRefused) {
  const fs::path root = fs::path(testing::TempDir()) / ("devices-" + std::to_string(::getpid()));
  fs::create_directories(root / "dev");
  const std::array<std::string, 3> names{"null", "zero", "urandom"};
  for (const auto& name : names) std::ofstream(root / "dev" / name);

  int error = 0;
  std::thread([&] {
    give_up_capabilities();
    const Status made = make_devices(root);
    error = made.ok() ? 0 : made.error().sys_errno;
  }).join();

  EXPECT_EQ(error, EPERM);
  for (const auto& name : names) EXPECT_TRUE(fs::is_regular_file(root / "dev" / name)) << name;
  EXPECT_EQ(std::distance(fs::directory_iterator(root / "dev"), {}), 3);
  fs::remove_all(root);
}

}  // namespace
}  // namespace forkjail::supervisor
