#include "supervisor/jail_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;
using protocol::Flavour;
using protocol::WarmUp;
using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;

class JailCommand : public testing::Test {
 protected:
  JailCommand() {
    fs::create_directories(root / "usr/lib/forkjail");
    fs::create_directories(root / "usr/lib64");
    fs::create_directories(root / "usr/lib/x86_64-linux-gnu");
    config.guest_root = root;
    config.nsjail_path = root / "nsjail";
    config.preload = "numpy";
  }
  ~JailCommand() override { fs::remove_all(root); }

  void make(const std::string& path, bool executable) const {
    std::ofstream(root / path) << "x";
    if (executable) fs::permissions(root / path, fs::perms::all);
  }
  [[nodiscard]] std::vector<std::string> command(Flavour flavour, WarmUp warm_up,
                                                 const std::string& scratch_base) const {
    return zygote_command(config, plan, flavour, warm_up, scratch_base);
  }

  fs::path root = fs::path(testing::TempDir()) / ("jail-command-" + std::to_string(::getpid()));
  Config config;
  JailPlan plan;
};

TEST_F(JailCommand, FindPartsNamesTheFlagOfWhatIsMissing) {
  EXPECT_EQ(find_parts(config, plan).error().step, "--guest-root " + config.guest_root);
  make("usr/lib/forkjail/forkjail-zygote", true);
  EXPECT_EQ(find_parts(config, plan).error().step, "--nsjail " + config.nsjail_path);
  make("nsjail", true);
  EXPECT_EQ(find_parts(config, plan).error().detail, "nsjail.cfg must lie beside it");
  make("nsjail.cfg", false);
  EXPECT_TRUE(find_parts(config, plan));
}

TEST_F(JailCommand, FindPartsAsksForNsjailOnlyWhereItIsUsed) {
  make("usr/lib/forkjail/forkjail-zygote", true);
  plan.kind = JailKind::chroot;
  EXPECT_TRUE(find_parts(config, plan));
}

TEST_F(JailCommand, FindPartsRefusesARelativeRoot) {
  config.guest_root = "guest";
  EXPECT_EQ(find_parts(config, plan).error().detail, "is not an absolute path");
}

TEST_F(JailCommand, OnlyTheLightFlavourDoesNotPreload) {
  plan.kind = JailKind::chroot;
  EXPECT_THAT(command(Flavour::light, WarmUp::none, ""), Not(Contains("--preload")));
  for (const Flavour flavour : {Flavour::full, Flavour::isolated_3}) {
    EXPECT_THAT(command(flavour, WarmUp::none, ""), IsSupersetOf({"--preload", "numpy"}));
  }
  config.preload.clear();
  EXPECT_THAT(command(Flavour::isolated_3, WarmUp::none, ""), Not(Contains("--preload")));
}

TEST_F(JailCommand, ChrootedZygoteIsExecutedItselfAndTakesTheFirstCellUser) {
  plan.kind = JailKind::chroot;
  config.cell_ids.first = 4'242;
  EXPECT_THAT(
      command(Flavour::light, WarmUp::whole, "/tmp/base"),
      ElementsAre("/usr/lib/forkjail/forkjail-zygote", "--layers", protocol::encode(plan.layers),
                  "--warm-up", "whole", "--scratch-base", "/tmp/base", "--user", "4242"));
}

TEST_F(JailCommand, UnjailedZygoteRunsWithTheLoaderAndLibrariesOfTheGuest) {
  plan.kind = JailKind::open;
  make("usr/lib64/ld-linux.so.2", true);
  make("usr/lib/x86_64-linux-gnu/libc.so.6", false);
  auto words = command(Flavour::light, WarmUp::none, "");
  words.resize(4);
  EXPECT_THAT(words, ElementsAre(root / "usr/lib64/ld-linux.so.2", "--library-path",
                                 root / "usr/lib/x86_64-linux-gnu", zygote_path(config)));
}

TEST_F(JailCommand, NsjailMapsTheRangeOfCellIdsWhereEachRunHasItsOwn) {
  config.cell_ids = {200'000, 1'000};
  plan.layers.own_uid = true;
  EXPECT_THAT(command(Flavour::light, WarmUp::none, ""), Contains("0:200000:1000").Times(2));
  plan.layers.own_uid = false;
  EXPECT_THAT(command(Flavour::light, WarmUp::none, ""),
              Contains("1000:" + std::to_string(::geteuid()) + ":1"));
}

TEST_F(JailCommand, NsjailTurnsPivotRootOffOnlyWhereItIsRefused) {
  plan.pivot_root = true;
  EXPECT_THAT(command(Flavour::light, WarmUp::none, ""), Not(Contains("--no_pivotroot")));
  plan.pivot_root = false;
  EXPECT_THAT(command(Flavour::light, WarmUp::none, ""), Contains("--no_pivotroot"));
}

}  // namespace
}  // namespace forkjail::supervisor
