#include "server/compat/e2b_folder_scripts.h"

#include <gmock/gmock.h>

namespace forkjail::server {
namespace {

TEST(E2bFolderScripts, HoldAPathAsBytesAlone) {
  EXPECT_EQ(e2b_make_folder_script("a\"\n"),
            "(lambda o, p: o.makedirs(p))(__import__(\"os\"), b\"\\x61\\x22\\x0a\".decode());\n");
  for (const std::string& script :
       {e2b_remove_script("q'\\\n"), e2b_move_script("q'\\\n", "\xC3\xA9\n")}) {
    EXPECT_EQ(script.find('\n'), script.size() - 1);
    EXPECT_EQ(script.find('\''), std::string::npos);
    EXPECT_EQ(script.find("q"), std::string::npos);
  }
}

}  // namespace
}  // namespace forkjail::server
