#include "server/api/name_texts.h"

#include "json/text.h"

namespace forkjail::server {

std::string in_quotes(std::string_view name, std::size_t bytes_max) {
  std::string text;
  json::append_string(text, name.substr(0, bytes_max));
  if (name.size() > bytes_max) text += "...";
  return text;
}

std::string names_of(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

}  // namespace forkjail::server
