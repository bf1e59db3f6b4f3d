#include "attack/case_file.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>

#include "attack/expectation.h"

namespace forkjail::attack {
namespace {

namespace json = boost::json;

struct TextKey {
  std::string_view name;
  std::string CaseFile::* field;
  bool required;
};
constexpr std::array kTextKeys{
    TextKey{"attack", &CaseFile::numbers, true}, TextKey{"name", &CaseFile::name, true},
    TextKey{"expect", &CaseFile::expect, true},  TextKey{"next", &CaseFile::next, false},
    TextKey{"peer", &CaseFile::peer, false},
};

struct WeakerKey {
  std::string_view name;
  WeakerOutcome CaseFile::* field;
};
constexpr std::array kWeakerKeys{
    WeakerKey{"expect-fallback", &CaseFile::in_fallback},
    WeakerKey{"expect-without-chroot", &CaseFile::without_chroot},
};

struct ObjectKey {
  std::string_view name;
  json::object CaseFile::* field;
};
constexpr std::array kObjectKeys{
    ObjectKey{"limits", &CaseFile::limits},
    ObjectKey{"request", &CaseFile::request},
};

template <typename Keys>
auto find_key(const Keys& keys, std::string_view name) {
  return std::ranges::find(keys, name, &Keys::value_type::name);
}

// "weaker -- why" becomes the two.
WeakerOutcome with_reason(std::string_view value) {
  constexpr std::string_view kDashes = " -- ";
  const auto at = value.find(kDashes);
  if (at == std::string_view::npos) return {std::string(value), {}};
  return {std::string(value.substr(0, at)), std::string(value.substr(at + kDashes.size()))};
}

Status take_key(CaseFile& file, std::string_view key, std::string_view value) {
  if (const auto* text = find_key(kTextKeys, key); text != kTextKeys.end()) {
    file.*text->field = value;
    return ok_status();
  }
  if (const auto* weaker = find_key(kWeakerKeys, key); weaker != kWeakerKeys.end()) {
    file.*weaker->field = with_reason(value);
    return ok_status();
  }
  const auto* object = find_key(kObjectKeys, key);
  if (object == kObjectKeys.end())
    return Error{"case header", 0, "unknown key " + std::string(key)};
  boost::system::error_code ec;
  const json::value parsed = json::parse(value, ec);
  if (ec || !parsed.is_object()) {
    return Error{"case header", 0, std::string(key) + " is not a JSON object"};
  }
  file.*object->field = parsed.get_object();
  return ok_status();
}

Result<std::string> read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return errno_error("open " + path.string());
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// Any other comment ends the header.
bool is_key(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == text.npos;
}

// NNN_slug.py, but not its companions NNN_slug.next.py and NNN_slug.peer.py.
bool is_case(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  return path.extension() == ".py" && !stem.empty() && stem.front() >= '0' && stem.front() <= '9' &&
         stem.find('.') == std::string::npos;
}

// Reads NNN_slug.KIND.py where the header says what it must answer, and only there.
Status read_companion(const std::filesystem::path& path, std::string_view kind,
                      const std::string& expectation, const std::string& prelude,
                      std::string& script) {
  const auto companion = std::filesystem::path(path).replace_extension(std::string(kind) + ".py");
  std::error_code ec;
  if (expectation.empty()) {
    if (!std::filesystem::exists(companion, ec)) return ok_status();
    return Error{companion.string(), 0, "its case has no key " + std::string(kind)};
  }
  auto text = read_text(companion);
  if (!text) return text.error();
  script = prelude + *text;
  return ok_status();
}

Result<CaseFile> load_case(const std::filesystem::path& path, const std::string& prelude) {
  const auto text = read_text(path);
  if (!text) return text.error();
  auto file = parse_header(*text);
  if (!file) return Error{path.string(), 0, file.error().to_string()};
  file->file = path.filename().string();
  file->script = prelude + *text;
  if (auto read = read_companion(path, "next", file->next, prelude, file->next_script); !read) {
    return read.error();
  }
  if (auto read = read_companion(path, "peer", file->peer, prelude, file->peer_script); !read) {
    return read.error();
  }
  return file;
}

// "33, 34"
Status read_numbers(CaseFile& file) {
  const Error wrong{"case header", 0, "attack must be numbers with commas between them"};
  std::string_view rest = file.numbers;
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    unsigned number = 0;
    const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (code != std::errc()) return wrong;
    file.attacks.push_back(number);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest.empty()) return ok_status();
    if (rest.front() != ',') return wrong;
    rest.remove_prefix(1);
  }
}

Status check_expectations(const CaseFile& file) {
  const bool differs = file.expect == kDiffers;
  for (const std::string* expectation : {&file.expect, &file.in_fallback.expect,
                                         &file.without_chroot.expect, &file.next, &file.peer}) {
    if (expectation->empty() || (differs && expectation == &file.expect)) continue;
    if (auto status = check_expectation(*expectation); !status) return status;
  }
  return ok_status();
}

}  // namespace

Result<CaseFile> parse_header(std::string_view text) {
  CaseFile file;
  std::set<std::string_view> seen;
  while (text.starts_with("# ")) {
    const std::string_view line = text.substr(2, std::min(text.find('\n'), text.size()) - 2);
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) break;
    const std::string_view key = line.substr(0, colon);
    if (!is_key(key)) break;
    if (!seen.insert(key).second) {
      return Error{"case header", 0, "key " + std::string(key) + " twice"};
    }
    if (auto taken = take_key(file, key, line.substr(colon + 2)); !taken) return taken.error();
    text.remove_prefix(std::min(line.size() + 3, text.size()));
  }
  for (const TextKey& key : kTextKeys) {
    if (key.required && (file.*key.field).empty()) {
      return Error{"case header", 0, "no key " + std::string(key.name)};
    }
  }
  if (auto status = read_numbers(file); !status) return status.error();
  if (auto status = check_expectations(file); !status) return status.error();
  return file;
}

Result<std::vector<CaseFile>> load_cases(const std::filesystem::path& directory) {
  const auto prelude = read_text(directory / "prelude.py");
  if (!prelude) return prelude.error();
  std::vector<std::filesystem::path> paths;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ec)) {
    if (is_case(entry.path())) paths.push_back(entry.path());
  }
  if (ec) return Error{"read " + directory.string(), ec.value(), {}};
  std::ranges::sort(paths);

  std::vector<CaseFile> cases;
  std::set<std::string> names;
  for (const auto& path : paths) {
    auto file = load_case(path, *prelude + "\n\n");
    if (!file) return file.error();
    if (!names.insert(file->name).second) {
      return Error{path.string(), 0, "another case is named " + file->name};
    }
    cases.push_back(*std::move(file));
  }
  return cases;
}

}  // namespace forkjail::attack
