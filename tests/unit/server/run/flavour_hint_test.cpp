#include "server/run/flavour_hint.h"

#include <gtest/gtest.h>

namespace forkjail::server {
namespace {

using protocol::Flavour;

Flavour hint(const FlavourHint& hints, std::string_view script) {
  ExecutionRequest request;
  request.script = script;
  return hints.flavour_for(request);
}

TEST(FlavourHint, SendsAScriptThatNamesAPreloadedModuleToAFullCell) {
  const FlavourHint hints("numpy,pandas,matplotlib.pyplot");
  for (const char* script : {"import numpy as np", "from pandas.core import x", "import os,pandas",
                             "pandas", "#numpy", "import matplotlib", "f('import numpy')"}) {
    EXPECT_EQ(hint(hints, script), Flavour::full) << script;
  }
}

TEST(FlavourHint, SendsAScriptThatMayImportByAMadeUpNameToAFullCell) {
  const FlavourHint hints("numpy,pandas");
  for (const char* script : {"__import__('pan' + 'das')", "exec(x)", "importlib.import_module(n)",
                             "pickle.loads(data)", "eval(stdin)"}) {
    EXPECT_EQ(hint(hints, script), Flavour::full) << script;
  }
}

TEST(FlavourHint, SendsEverythingElseToALightCell) {
  const FlavourHint hints("numpy,pandas");
  for (const char* script : {"", "def main():\n    return 1\n", "import json, re", "my_numpy = 1",
                             "numpyish", "executor.submit(f)", "\xff\xfe", "____"}) {
    EXPECT_EQ(hint(hints, script), Flavour::light) << script;
  }
}

TEST(FlavourHint, TakesTheModulesOfOtherInstalledPackagesForUsersOfThePreloadedOnes) {
  FlavourHint hints("numpy,pandas");
  EXPECT_EQ(hint(hints, "import scipy"), Flavour::light);
  hints.add_modules({"scipy", "numpy"});
  EXPECT_EQ(hint(hints, "import scipy"), Flavour::full);
}

TEST(FlavourHint, KnowsNoFullCellsWhereNothingIsPreloaded) {
  FlavourHint hints("");
  hints.add_modules({"numpy"});
  EXPECT_EQ(hint(hints, "import numpy; exec(x)"), Flavour::light);
}

}  // namespace
}  // namespace forkjail::server
