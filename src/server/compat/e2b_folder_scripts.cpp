#include "server/compat/e2b_folder_scripts.h"

namespace forkjail::server {
namespace {

// A Python expression whose value is the text, whatever is in it.
std::string literal(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string expression = "b\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    expression += "\\x";
    expression.push_back(kDigits.at(byte >> 4U));
    expression.push_back(kDigits.at(byte & 0xFU));
  }
  return expression + "\".decode()";
}

// `function` of the module os and the paths. The semicolon keeps the value from being shown.
std::string call(std::string_view function, std::string_view arguments) {
  return std::string("(").append(function).append(")(__import__(\"os\"), ").append(arguments) +
         ");\n";
}

}  // namespace

std::string e2b_make_folder_script(std::string_view path) {
  return call("lambda o, p: o.makedirs(p)", literal(path));
}

std::string e2b_move_script(std::string_view path, std::string_view destination) {
  return call(
      "lambda o, p, d: (o.makedirs(o.path.dirname(d) or \".\", exist_ok=True), o.rename(p, d))",
      literal(path) + ", " + literal(destination));
}

std::string e2b_remove_script(std::string_view path) {
  return call(
      "lambda o, p: __import__(\"shutil\").rmtree(p) if o.path.isdir(p) and not o.path.islink(p) "
      "else o.remove(p)",
      literal(path));
}

}  // namespace forkjail::server
