#include "server/run/flavour_hint.h"

#include <algorithm>
#include <array>

namespace forkjail::server {
namespace {

using protocol::Flavour;

// What imports by a name that need not stand in the script.
constexpr std::array<std::string_view, 14> kDynamicImports{
    "__import__", "__builtins__", "builtins", "compile", "eval",    "exec",  "import_module",
    "importlib",  "locate",       "marshal",  "pickle",  "pkgutil", "runpy", "shelve"};

// Of an identifier in ASCII, as names of modules are. Other scripts' letters end a word.
constexpr bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// "a.b" is imported by way of "a".
std::string_view first_part(std::string_view module) { return module.substr(0, module.find('.')); }

}  // namespace

FlavourHint::FlavourHint(std::string_view preload) {
  while (!preload.empty()) {
    const auto comma = std::min(preload.find(','), preload.size());
    if (comma > 0) telling_words_.emplace(first_part(preload.substr(0, comma)));
    preload.remove_prefix(std::min(comma + 1, preload.size()));
  }
  if (telling_words_.empty()) return;
  telling_words_.insert(kDynamicImports.begin(), kDynamicImports.end());
}

void FlavourHint::add_modules(const std::vector<std::string>& names) {
  if (telling_words_.empty()) return;
  telling_words_.insert(names.begin(), names.end());
}

Flavour FlavourHint::flavour_for(const ExecutionRequest& request) const {
  return has_telling_word(request.script) ? Flavour::full : Flavour::light;
}

bool FlavourHint::has_telling_word(std::string_view text) const {
  auto rest = text.begin();
  for (;;) {
    const auto start = std::find_if(rest, text.end(), is_word_character);
    if (start == text.end()) return false;
    rest = std::find_if_not(start, text.end(), is_word_character);
    if (telling_words_.contains(std::string_view(start, rest))) return true;
  }
}

}  // namespace forkjail::server
