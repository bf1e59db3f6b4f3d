#include "supervisor/next_zygote.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace forkjail::supervisor {
namespace {

using protocol::Flavour;
using protocol::PerFlavour;
using protocol::WarmUp;

constexpr FlavourState kNothing{.offered = true};
constexpr FlavourState kNotOffered{};
constexpr FlavourState kPaused{.offered = true, .paused = true};
constexpr FlavourState kComing{.offered = true, .coming = true};
constexpr FlavourState kQuick{.offered = true, .serving = WarmUp::none};
constexpr FlavourState kQuickWornOut{.offered = true, .serving = WarmUp::none, .worn_out = true};
constexpr FlavourState kQuickPaused{.offered = true, .paused = true, .serving = WarmUp::none};
constexpr FlavourState kQuickReplaced{.offered = true, .coming = true, .serving = WarmUp::none};
constexpr FlavourState kWhole{.offered = true, .serving = WarmUp::whole};
constexpr FlavourState kWornOut{.offered = true, .serving = WarmUp::whole, .worn_out = true};
constexpr FlavourState kReplaced{.offered = true, .coming = true, .serving = WarmUp::whole};

struct Case {
  std::string outcome;
  FlavourState light;
  FlavourState full;
  std::string next;
};

std::string text_of(const std::optional<NextZygote>& next) {
  if (!next) return "";
  return std::string(name_of(next->flavour)) + " " + std::string(name_of(next->warm_up));
}

TEST(NextZygote, IsTheOneThatIsWantedMost) {
  const std::vector<Case> cases{
      {"a new service starts with a quick light one", kNothing, kNothing, "light none"},
      {"the other quick one starts beside it", kComing, kNothing, "full none"},
      {"both are on their way", kComing, kComing, ""},
      {"no whole one starts while a quick one comes", kQuick, kComing, ""},
      {"a quick one that is missing goes before a whole one", kQuick, kNothing, "full none"},
      {"both serve: the light one is replaced first", kQuick, kQuick, "light whole"},
      {"the whole ones come one after the other", kQuickReplaced, kQuick, ""},
      {"then the other", kWhole, kQuick, "full whole"},
      {"a quick one that is worn out waits as well", kQuickReplaced, kQuickWornOut, ""},
      {"all is warm", kWhole, kWhole, ""},
      {"a flavour that cannot start holds nobody up", kQuick, kPaused, "light whole"},
      {"a whole one that failed does not, either", kQuickPaused, kQuick, "full whole"},
      {"one that is not offered never starts", kWhole, kNotOffered, ""},
      {"and is not waited for", kQuick, kNotOffered, "light whole"},
      {"worn out: replaced by a whole one", kWornOut, kWhole, "light whole"},
      {"both worn out: replaced side by side", kReplaced, kWornOut, "full whole"},
      {"a replacement holds up no second generation", kReplaced, kQuick, "full whole"},
      {"one that serves on is replaced while another has to start", kComing, kWornOut,
       "full whole"},
      {"one that died is made anew, quickly", kNothing, kWhole, "light none"},
  };
  for (const Case& test : cases) {
    EXPECT_EQ(text_of(next_zygote(PerFlavour<FlavourState>{{test.light, test.full}})), test.next)
        << test.outcome;
  }
}

TEST(NextZygote, OfOneOwnerWaitsForThoseOfEverybodyAndNotTheOtherWayAround) {
  PerFlavour<FlavourState> states{{kQuick, kComing}};
  states[Flavour::isolated_2] = kNothing;
  EXPECT_EQ(text_of(next_zygote(states)), "");
  states[Flavour::full] = kPaused;
  EXPECT_EQ(text_of(next_zygote(states)), "isolated_2 none");
  states[Flavour::isolated_2] = kComing;
  states[Flavour::full] = kNothing;
  EXPECT_EQ(text_of(next_zygote(states)), "full none");
  states[Flavour::full] = kReplaced;
  states[Flavour::isolated_2] = kNothing;
  EXPECT_EQ(text_of(next_zygote(states)), "isolated_2 none");
}

}  // namespace
}  // namespace forkjail::supervisor
