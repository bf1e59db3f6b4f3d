// What requests of Piston's and Jobe's clients call things by.
#include <gtest/gtest.h>

#include <string>

#include "server/compat/jobe.h"
#include "server/compat/piston.h"

namespace forkjail::server {
namespace {

TEST(PistonLanguage, IsAnyPython3) {
  for (const std::string_view version :
       {"*", "3", "3.x", "3.10.0", "^3.11", "~3.9.1", ">=3.0.0", "x", "v3.12"}) {
    EXPECT_TRUE(is_python3("python", version)) << version;
  }
  EXPECT_TRUE(is_python3("py", "3.10"));
  EXPECT_FALSE(is_python3("python", "2.7.18"));
  EXPECT_FALSE(is_python3("python", "30.1"));
  EXPECT_FALSE(is_python3("python", "<"));
  EXPECT_FALSE(is_python3("python2", "*"));
  EXPECT_FALSE(is_python3("", "*"));
}

TEST(PistonHex, StandsForBytes) {
  EXPECT_EQ(bytes_of_hex("00fFa0"), std::string("\0\xff\xa0", 3));
  EXPECT_EQ(bytes_of_hex("41420"), "AB");
  EXPECT_EQ(bytes_of_hex("41zz42"), "A");
  EXPECT_EQ(bytes_of_hex(""), "");
}

TEST(JobeFileId, IsOfLettersAndDigits) {
  EXPECT_TRUE(is_jobe_file_id("d41d8cd98f00b204e9800998ecf8427e"));
  EXPECT_TRUE(is_jobe_file_id("ABCDefgh"));
  EXPECT_FALSE(is_jobe_file_id("short12"));
  EXPECT_FALSE(is_jobe_file_id("../../etc/passwd"));
  EXPECT_FALSE(is_jobe_file_id(std::string(129, 'a')));
}

}  // namespace
}  // namespace forkjail::server
