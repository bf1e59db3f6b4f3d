// Standard input of a request, from a pipe to descriptor 0.
#include "zygote/stdin_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <span>
#include <string>
#include <thread>

#include "base/io.h"
#include "base/pipe.h"
#include "unit/temporary_directory.h"

namespace forkjail::zygote {
namespace {

class StdinFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = make_pipe();
    ASSERT_TRUE(made.ok());
    pipe_ = *std::move(made);
    before_.reset(::dup(STDIN_FILENO));
  }
  void TearDown() override { ::dup2(before_.get(), STDIN_FILENO); }

  TemporaryDirectory temporary_;
  std::string directory_ = temporary_.path();
  Pipe pipe_;
  UniqueFd before_;
};

TEST_F(StdinFileTest, HoldsWhatThePipeBroughtAndNotWhatFollows) {
  std::string text(1'000'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 26);
  std::thread writer([&] {
    const std::string all = text + "next";
    EXPECT_TRUE(write_all(pipe_.write_end.get(), std::as_bytes(std::span(all))).ok());
  });
  StdinFile file(directory_.c_str());
  EXPECT_TRUE(file.fill(pipe_.read_end.get(), text.size()));
  EXPECT_TRUE(file.is_there());
  EXPECT_TRUE(file.place().ok());
  std::string read(text.size(), '\0');
  EXPECT_TRUE(read_exactly(STDIN_FILENO, std::as_writable_bytes(std::span(read))).ok());
  EXPECT_EQ(read, text);
  EXPECT_EQ(::read(STDIN_FILENO, read.data(), 1), 0) << "its end";
  writer.join();
  std::string next(4, '\0');
  EXPECT_TRUE(read_exactly(pipe_.read_end.get(), std::as_writable_bytes(std::span(next))).ok());
  EXPECT_EQ(next, "next");
}

TEST_F(StdinFileTest, TellsOfAPipeThatEndsEarly) {
  pipe_.write_end.reset();
  StdinFile file(directory_.c_str());
  EXPECT_FALSE(file.fill(pipe_.read_end.get(), 1));
}

TEST_F(StdinFileTest, LeavesDescriptorZeroWhereNothingCame) {
  StdinFile file(directory_.c_str());
  EXPECT_FALSE(file.is_there());
  EXPECT_TRUE(file.place().ok());
  EXPECT_EQ(::isatty(STDIN_FILENO), ::isatty(before_.get()));
}

}  // namespace
}  // namespace forkjail::zygote
