#include "server/compat/e2b_lines.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/text.h"
#include "protocol/run_frames.h"
#include "server/compat/json_members.h"

namespace forkjail::server {
namespace {

struct FormRow {
  std::string_view mime_type;
  std::string_view name;
};
// What E2B's results name; all other types go into `extra`.
constexpr std::array kForms{
    FormRow{"text/plain", "text"},
    FormRow{"text/html", "html"},
    FormRow{"text/markdown", "markdown"},
    FormRow{"image/svg+xml", "svg"},
    FormRow{"image/png", "png"},
    FormRow{"image/jpeg", "jpeg"},
    FormRow{"application/pdf", "pdf"},
    FormRow{"text/latex", "latex"},
    FormRow{"application/json", "json"},
    FormRow{"application/javascript", "javascript"},
    FormRow{protocol::kTableContent, "data"},
};

struct NameRow {
  protocol::FailureKind kind;
  std::string_view name;
};
// Of failures that no exception caused: the class of Python's that fits best.
constexpr std::array kNames{
    NameRow{protocol::FailureKind::syntax, "SyntaxError"},
    NameRow{protocol::FailureKind::exit, "SystemExit"},
    NameRow{protocol::FailureKind::wall_time, "TimeoutError"},
    NameRow{protocol::FailureKind::cpu_time, "TimeoutError"},
    NameRow{protocol::FailureKind::memory, "MemoryError"},
    NameRow{protocol::FailureKind::syscall, "PermissionError"},
    NameRow{protocol::FailureKind::interrupt, "KeyboardInterrupt"},
};
constexpr std::string_view kOtherName = "ExecutionError";

std::string begin_line(std::string_view type) {
  std::string line = "{\"type\":\"";
  return line.append(type).append("\"");
}

void append_text(std::string& line, std::string_view name, std::string_view text) {
  json::append_key(line, name);
  std::string quoted;
  json::append_string(quoted, text);
  append_ascii_json(line, quoted);
}

bool is_odd(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || byte < 0x20;
}

void append_unit(std::string& out, std::uint32_t unit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kDigits.at(unit >> shift & 0xFU));
}

void append_code_point(std::string& out, std::uint32_t code_point) {
  if (code_point < 0x10000) return append_unit(out, code_point);
  append_unit(out, 0xD800 + ((code_point - 0x10000) >> 10U));
  append_unit(out, 0xDC00 + ((code_point - 0x10000) & 0x3FFU));
}

// Of the sequence at the front of valid UTF-8, which is taken away.
std::uint32_t take_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = 2;
  if (lead >= 0xE0) length = lead >= 0xF0 ? 4 : 3;
  std::uint32_t code_point = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length && i < text.size(); ++i) {
    code_point = code_point << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  text.remove_prefix(std::min(length, text.size()));
  return code_point;
}

// The repr() of a string is shown without its quotes.
std::string_view without_quotes(std::string_view quoted) {
  for (const std::string_view quote : {"'", "\\\""}) {
    const std::size_t around = 1 + quote.size();
    if (quoted.size() >= 2 * around && quoted.substr(1).starts_with(quote) &&
        quoted.substr(0, quoted.size() - 1).ends_with(quote)) {
      return quoted.substr(around, quoted.size() - 2 * around);
    }
  }
  return quoted.substr(1, quoted.size() - 2);
}

void append_form(std::string& line, std::string_view name, std::string_view value) {
  json::append_key(line, name);
  if (name != "text" || value.size() < 2 || value.front() != '"') {
    return append_ascii_json(line, value);
  }
  line += "\"";
  append_ascii_json(line, without_quotes(value));
  line += "\"";
}

}  // namespace

std::string e2b_count_line(std::uint32_t executions) {
  std::string line = begin_line("number_of_executions");
  json::append_key(line, "execution_count");
  return line.append(std::to_string(executions)).append("}\n");
}

std::string e2b_text_line(OutputStream stream, std::string_view text, std::int64_t timestamp_ns) {
  std::string line = begin_line(stream == OutputStream::out ? "stdout" : "stderr");
  line.reserve(text.size() + 96);
  append_text(line, "text", text);
  json::append_key(line, "timestamp");
  return line.append(std::to_string(timestamp_ns)).append("}\n");
}

std::string e2b_result_line(std::string_view bundle_json) {
  std::string line = begin_line("result");
  line.reserve(bundle_json.size() + 128);
  std::string extra = "{";
  bool is_value = false;
  JsonMembers members(bundle_json);
  while (const auto member = members.next()) {
    if (member->value == "null") continue;
    const auto form = std::ranges::find(kForms, member->name, &FormRow::mime_type);
    if (form != kForms.end()) {
      append_form(line, form->name, member->value);
    } else if (member->name == protocol::kValueMark) {
      is_value = true;
    } else {
      if (extra.size() > 1) extra += ",";
      extra += "\"";
      append_ascii_json(extra, member->name);
      extra += "\":";
      append_ascii_json(extra, member->value);
    }
  }
  if (extra.size() > 1) {
    json::append_key(line, "extra");
    line.append(extra).append("}");
  }
  json::append_key(line, "is_main_result");
  return line.append(is_value ? "true" : "false").append("}\n");
}

E2bError e2b_error_of(const Failed& failed) {
  const FailureReport& report = failed.report;
  E2bError error;
  if (failed.kind == protocol::FailureKind::exception && !report.type.empty()) {
    error.name = report.type;
    error.value = report.message;
    if (!report.advice.empty()) error.value.append("; ").append(report.advice);
  } else {
    const auto row = std::ranges::find(kNames, failed.kind, &NameRow::kind);
    error.name = row == kNames.end() ? kOtherName : row->name;
    if (!report.type.empty() && failed.kind == protocol::FailureKind::syntax) {
      error.name = report.type;
    }
    error.value = failed.error;
  }
  error.traceback = report.traceback.empty() ? failed.error : report.traceback;
  return error;
}

std::string e2b_error_line(const E2bError& error) {
  std::string line = begin_line("error");
  append_text(line, "name", error.name);
  append_text(line, "value", error.value);
  append_text(line, "traceback", error.traceback);
  return line.append("}\n");
}

void append_ascii_json(std::string& out, std::string_view json) {
  while (!json.empty()) {
    const auto odd = std::ranges::find_if(json, is_odd);
    const auto bytes = static_cast<std::size_t>(odd - json.begin());
    out.append(json.substr(0, bytes));
    json.remove_prefix(bytes);
    if (json.empty()) return;
    if (static_cast<unsigned char>(json.front()) >= 0x80) {
      append_code_point(out, take_code_point(json));
    } else {
      out.push_back(' ');  // a line break between two values would end the line
      json.remove_prefix(1);
    }
  }
}

}  // namespace forkjail::server
