#include "supervisor/jail_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "base/pipe.h"

namespace forkjail::supervisor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

TEST(JailLines, CutsWhatComesIntoLines) {
  JailLines lines;
  EXPECT_THAT(lines.feed("one\ntw"), ElementsAre("one"));
  EXPECT_THAT(lines.feed("o\n\nthree"), ElementsAre("two"));
  EXPECT_EQ(lines.rest(), "three");
  EXPECT_EQ(lines.rest(), "");
}

TEST(JailLines, ShowsTheBeginningOfALongLineAndKeepsNoMoreOfIt) {
  JailLines lines;
  const std::string text(100'000, 'x');
  EXPECT_THAT(lines.feed(text), IsEmpty());
  EXPECT_THAT(lines.feed(text + "\nshort\n"),
              ElementsAre(std::string(kJailLineBytesMax, 'x') + " ...", "short"));
}

TEST(JailLines, LetsNoControlCharacterThrough) {
  JailLines lines;
  EXPECT_THAT(lines.feed(std::string("\x1b[2Ja\0b\rc\x7f\n", 11)), ElementsAre(" [2Ja b c "));
}

// The messages that reach the log.
class Collector : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  std::vector<std::string> lines;

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto level = spdlog::level::to_string_view(message.level);
    lines.push_back(std::string(level.data(), level.size()) + " " +
                    std::string(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}
};

class JailLogTest : public testing::Test {
 protected:
  void SetUp() override {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", collector));
    ::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK);
  }
  void write(std::string_view text) const {
    ASSERT_EQ(::write(pipe.write_end.get(), text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }

  std::shared_ptr<Collector> collector = std::make_shared<Collector>();
  Pipe pipe = *make_pipe();
};

TEST_F(JailLogTest, NamesTheZygoteAndTakesNsjailsLevel) {
  JailLog log(std::move(pipe.read_end), "light zygote");
  write("[F][2025] no mount\nsome library's warning\n");
  log.read();
  EXPECT_THAT(collector->lines, ElementsAre("critical light zygote: [F][2025] no mount",
                                            "warning light zygote: some library's warning"));
}

TEST_F(JailLogTest, EndsWithItsPipeAndKeepsTheLastWords) {
  JailLog log(std::move(pipe.read_end), "full zygote");
  log.read();
  EXPECT_GE(log.descriptor(), 0);
  write("no line feed");
  pipe.write_end.reset();
  log.read();
  EXPECT_EQ(log.descriptor(), -1);
  EXPECT_THAT(collector->lines, ElementsAre("warning full zygote: no line feed"));
}

TEST_F(JailLogTest, BoundsAFloodAndReportsWhatWasLeftOut) {
  JailLog log(std::move(pipe.read_end), "full zygote");
  for (int i = 0; i < 1'000; ++i) write("flood\n");
  pipe.write_end.reset();
  for (int i = 0; i < 10; ++i) log.read();
  EXPECT_LE(collector->lines.size(), 3 * kJailLinesASecondMax);
  EXPECT_THAT(collector->lines.back(), testing::HasSubstr("more lines were left out"));
}

}  // namespace
}  // namespace forkjail::supervisor
