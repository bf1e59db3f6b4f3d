// What a child process sends of a directory, decoded as the server does.
#include "zygote/left_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/limits.h"
#include "base/pipe.h"
#include "protocol/reply_decoder.h"
#include "protocol/wire.h"
#include "unit/temporary_directory.h"

namespace forkjail::zygote {
namespace {

namespace fs = std::filesystem;
using protocol::ReplyDecoder;

class LeftFilesTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  void SetUp() override { top_ = temporary_.path(); }

  void file(const fs::path& path, std::string_view content) const {
    fs::create_directories((top_ / path).parent_path());
    std::ofstream(top_ / path) << content;
  }

  // Runs send_left_files() in a child whose reply pipe is read here.
  ReplyDecoder sent(const std::vector<PlacedFile>& placed = {}) const {
    ReplyDecoder decoder;
    const protocol::FrameHeader parked{static_cast<std::uint32_t>(protocol::FrameType::parked), 0};
    decoder.feed(protocol::as_wire(parked));
    decoder.start_run();
    Pipe pipe = *make_pipe();
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(pipe.write_end.get(), protocol::kCellReplyFd);
      close_what_a_script_left_open();
      send_left_files(
          top_, [&](int root, const FoundEntry& file) { return is_as_placed(placed, root, file); });
      ::_exit(0);
    }
    pipe.write_end.reset();
    std::array<std::byte, 4096> buffer{};
    for (ssize_t n = 0; (n = ::read(pipe.read_end.get(), buffer.data(), buffer.size())) > 0;) {
      decoder.feed(std::span(buffer).first(static_cast<std::size_t>(n)));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    return decoder;
  }

  fs::path top_;
};

std::vector<std::string> paths_of(ReplyDecoder& decoder) {
  std::vector<std::string> paths;
  for (const auto& file : decoder.files()) paths.push_back(file.path);
  return paths;
}

TEST_F(LeftFilesTest, AreRegularFilesInTheOrderOfTheirPaths) {
  file("b", "two");
  file("a/deep/c", "three");
  fs::create_symlink("b", top_ / "link");
  fs::create_directory_symlink("/usr", top_ / "folder");
  ASSERT_EQ(::mkfifo((top_ / "fifo").c_str(), 0600), 0);
  ReplyDecoder decoder = sent();
  EXPECT_EQ(decoder.state(), ReplyDecoder::State::running);
  EXPECT_EQ(paths_of(decoder), (std::vector<std::string>{"a/deep/c", "b"}));
  EXPECT_EQ(decoder.files().at(0).content, "three");
  EXPECT_EQ(decoder.files().at(1).size, 3U);
  EXPECT_FALSE(decoder.files_dropped());
}

TEST_F(LeftFilesTest, LeaveOutWhatTheRequestPutThereUnlessItChanged) {
  file("same", "12345");
  file("changed", "54321");
  file("longer", "123456");
  ContentHash hash;
  hash.add("12345");
  const std::vector<PlacedFile> placed{
      {"changed", 5, hash.value()}, {"longer", 5, hash.value()}, {"same", 5, hash.value()}};
  ReplyDecoder decoder = sent(placed);
  EXPECT_EQ(paths_of(decoder), (std::vector<std::string>{"changed", "longer"}));
}

TEST_F(LeftFilesTest, HaveTheContentsOfTheSmallestWithinTheBudget) {
  for (std::size_t i = 0; i < kLeftFileContentsMax + 5; ++i) {
    file("f" + std::to_string(1000 + i), std::string(i + 1U, 'x'));
  }
  file("huge", "");
  fs::resize_file(top_ / "huge", 1ULL << 40);
  ReplyDecoder decoder = sent();
  ASSERT_EQ(decoder.files().size(), kLeftFileContentsMax + 6);
  std::size_t with_content = 0;
  for (const auto& one : decoder.files()) with_content += one.content ? 1U : 0U;
  EXPECT_EQ(with_content, kLeftFileContentsMax);
  EXPECT_FALSE(decoder.files().back().content);
  EXPECT_EQ(decoder.files().back().size, 1ULL << 40);
}

TEST_F(LeftFilesTest, SayThatNotAllAreNamed) {
  fs::path deep;
  for (int level = 0; level < 100; ++level) deep /= "d";
  file("top", "");
  file(deep / "bottom", "");
  ReplyDecoder decoder = sent();
  EXPECT_EQ(paths_of(decoder), std::vector<std::string>{"top"});
  EXPECT_TRUE(decoder.files_dropped());
}

TEST_F(LeftFilesTest, OfADirectoryThatIsALinkAreNone) {
  file("real/secret", "");
  fs::create_directory_symlink(top_ / "real", top_ / "link");
  top_ /= "link";
  ReplyDecoder decoder = sent();
  EXPECT_TRUE(decoder.files().empty());
  EXPECT_TRUE(decoder.files_dropped());
  top_ = top_.parent_path();
}

}  // namespace
}  // namespace forkjail::zygote
