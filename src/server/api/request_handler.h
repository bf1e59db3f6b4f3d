// Makes an ExecutionRequest of a JSON parser's events, for request_decoder.cpp alone. The body is
// an object (depth 1) whose fields are scalars, one level of names (env, limits: depth 2), or any
// JSON (args), which is written out again as it is walked. What one event costs is bounded by the
// bytes that it brings. Pure.
#pragma once

#include <boost/json/error.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "json/keys.h"
#include "json/sax.h"
#include "json/text.h"
#include "json/writer.h"
#include "server/api/request_decoder.h"
#include "server/api/request_fields.h"
#include "server/api/run_limit_fields.h"

namespace forkjail::server {

class RequestHandler : public json::SaxHandler {
 public:
  RequestHandler(const RunLimits& maxima, const json::HashSecret& secret, std::size_t body_bytes)
      : maxima_(maxima), body_bytes_(body_bytes), keys_(secret) {
    request_.limits = maxima;
  }

  [[nodiscard]] bool failed() const { return !error_.message.empty(); }
  [[nodiscard]] RequestError take_error() { return std::move(error_); }

  // After the whole body was parsed.
  [[nodiscard]] Decoded finish() {
    if (!script_seen_) {
      return RequestError{400, "script: missing; send the Python source as a string"};
    }
    if (request_.script.empty()) {
      return RequestError{400, "script: must not be empty; it must define main()"};
    }
    request_.args_json = args_.take();
    return std::move(request_);
  }

  bool on_object_begin(error_code& ec) {
    if (!accept(JsonType::object, ec)) return false;
    if (in_args()) args_.object_begin();
    keys_.object_begin();
    ++depth_;
    return true;
  }

  bool on_object_end(std::size_t, error_code&) {
    keys_.object_end();
    --depth_;
    if (in_args()) args_.object_end();
    return true;
  }

  bool on_array_begin(error_code& ec) {
    if (!accept(JsonType::array, ec)) return false;
    if (in_args()) args_.array_begin();
    ++depth_;
    return true;
  }

  bool on_array_end(std::size_t, error_code&) {
    --depth_;
    if (in_args()) args_.array_end();
    return true;
  }

  bool on_key_part(string_view part, std::size_t, error_code&) {
    take_key_part(part);
    return true;
  }

  bool on_key(string_view part, std::size_t, error_code& ec) {
    take_key_part(part);
    if (!keys_.key_end()) {
      return fail(ec, where() + "duplicate key " + in_quotes(key_) + "; send each key once");
    }
    bool good = true;
    if (is_args_key()) {
      args_.key_end({});
    } else {
      good = depth_ == 1 ? start_field(ec) : start_member(ec);
    }
    key_.clear();
    return good;
  }

  bool on_string_part(string_view part, std::size_t, error_code& ec) {
    return take_string_part(part, ec);
  }

  bool on_string(string_view part, std::size_t, error_code& ec) {
    if (!take_string_part(part, ec)) return false;
    in_string_ = false;
    if (field_ == Field::args) args_.string_end({});
    if (field_ == Field::env) return finish_env_value(ec);
    return true;
  }

  bool on_number_part(string_view part, error_code& ec) { return take_number_part(part, ec); }
  bool on_int64(std::int64_t value, string_view text, error_code& ec) {
    return take_number(static_cast<double>(value), true, text, ec);
  }
  bool on_uint64(std::uint64_t value, string_view text, error_code& ec) {
    return take_number(static_cast<double>(value), true, text, ec);
  }
  bool on_double(double value, string_view text, error_code& ec) {
    return take_number(value, false, text, ec);
  }

  bool on_bool(bool value, error_code& ec) {
    if (!accept(JsonType::boolean, ec)) return false;
    if (field_ == Field::args) args_.literal(value ? "true" : "false");
    if (field_ == Field::verbose) request_.verbose = value;
    return true;
  }

  bool on_null(error_code& ec) {
    if (!accept(JsonType::null, ec)) return false;
    args_.literal("null");  // no other place accepts it
    return true;
  }

 private:
  using Field = RequestField;

  // Of a name outside args. Longer ones fit nowhere, so no more of them is kept.
  static constexpr std::size_t kNameBytesMax = kEnvBytesMax + 1;
  // What a text may grow to by doubling; of a longer body it gets all of its room at once.
  static constexpr std::size_t kGrownBytesMax = 64 * kKiB;

  // A name from the client inside an error line: quoted, escaped and short.
  static std::string in_quotes(std::string_view name) {
    constexpr std::size_t kShownMax = 64;
    std::string text;
    json::append_string(text, name.substr(0, kShownMax));
    if (name.size() > kShownMax) text += "...";
    return text;
  }

  // Inside the value of `args`, its own brackets included.
  [[nodiscard]] bool in_args() const { return depth_ >= 1 && field_ == Field::args; }
  [[nodiscard]] bool is_args_key() const { return depth_ >= 2 && field_ == Field::args; }

  bool fail(error_code& ec, std::string message, unsigned status = 400) {
    error_ = RequestError{status, std::move(message)};
    ec = boost::json::make_error_code(boost::json::error::input_error);
    return false;
  }

  // "args: ", "env: ", or nothing at the top.
  [[nodiscard]] std::string where() const {
    return depth_ >= 2 ? std::string(row().name) + ": " : std::string();
  }
  [[nodiscard]] const RequestFieldRow& row() const { return row_of(field_); }

  // May a value of this type begin here?
  bool accept(JsonType type, error_code& ec) {
    if (depth_ == 0) {
      if (type == JsonType::object) return true;
      return fail(ec, "the body must be a JSON object with the field script, not " +
                          std::string(with_article(type)));
    }
    if (depth_ == 1) {
      if (accepts(field_, type)) return true;
      return fail(ec, std::string(row().name) + ": expected " + std::string(row().expected) +
                          ", got " + std::string(with_article(type)));
    }
    if (field_ == Field::env && type != JsonType::string) {
      return fail(ec,
                  "env." + member_ + ": expected a string, got " + std::string(with_article(type)));
    }
    if (field_ == Field::limits && type != JsonType::number) {
      return fail(
          ec, "limits." + member_ + ": expected a number, got " + std::string(with_article(type)));
    }
    return true;
  }

  void take_key_part(string_view part) {
    keys_.key_part(part);
    if (is_args_key()) args_.key_part(part);
    key_.append(part.substr(0, kNameBytesMax - key_.size()));
  }

  bool start_field(error_code& ec) {
    const RequestFieldRow* const found = find_request_field(key_);
    if (found == nullptr) {
      return fail(ec,
                  "unknown field " + in_quotes(key_) + "; known fields: " + request_field_names());
    }
    field_ = found->field;
    if (field_ == Field::files) {
      return fail(ec, "files: not supported by this version; leave the field out");
    }
    script_seen_ |= field_ == Field::script;
    make_room();
    return true;
  }

  // For a long text, which would else be copied whole each time that it outgrows its room.
  void make_room() {
    if (body_bytes_ <= kGrownBytesMax) return;
    if (field_ == Field::args) args_.reserve(body_bytes_);
    if (field_ == Field::stdin_text) request_.stdin_text.reserve(body_bytes_);
  }

  // A name inside env or limits.
  bool start_member(error_code& ec) {
    member_ = key_;
    if (field_ == Field::limits) {
      if (is_run_limit_field(member_)) return true;
      return fail(ec, "limits: unknown field " + in_quotes(member_) +
                          "; known fields: " + run_limit_field_names());
    }
    if (member_.empty() || member_.find('=') != std::string::npos ||
        member_.find('\0') != std::string::npos) {
      return fail(ec, "env: " + in_quotes(member_) +
                          " is not a valid variable name: it must be non-empty and contain neither "
                          "'=' nor NUL");
    }
    if (++env_entries_ > kEnvEntriesMax) {
      return fail(ec, "env: at most " + std::to_string(kEnvEntriesMax) + " variables");
    }
    request_.env_block.append(member_).push_back('=');
    return check_env_size(ec);
  }

  bool take_string_part(string_view part, error_code& ec) {
    if (!in_string_) {
      if (!accept(JsonType::string, ec)) return false;
      in_string_ = true;
    }
    switch (field_) {
      case Field::script:
        return take_script_part(part, ec);
      case Field::stdin_text:
        request_.stdin_text.append(part);
        return true;
      case Field::env:
        return take_env_part(part, ec);
      default:
        args_.string_part(part);
        return true;
    }
  }

  bool take_script_part(string_view part, error_code& ec) {
    if (request_.script.size() + part.size() > kScriptBytesMax) {
      return fail(ec,
                  "script: larger than " + std::to_string(kScriptBytesMax) +
                      " bytes; send data in args or stdin",
                  413);
    }
    request_.script.append(part);
    return true;
  }

  bool take_env_part(string_view part, error_code& ec) {
    if (part.find('\0') != string_view::npos) {
      return fail(ec, "env." + member_ + ": a value must not contain NUL");
    }
    request_.env_block.append(part);
    return check_env_size(ec);
  }

  bool finish_env_value(error_code& ec) {
    request_.env_block.push_back('\0');
    return check_env_size(ec);
  }

  bool check_env_size(error_code& ec) {
    if (request_.env_block.size() <= kEnvBytesMax) return true;
    return fail(ec, "env: larger than " + std::to_string(kEnvBytesMax) + " bytes in all");
  }

  bool take_number_part(string_view part, error_code& ec) {
    if (!std::exchange(in_number_, true) && !accept(JsonType::number, ec)) return false;
    if (field_ == Field::args) args_.number_part(part);
    return true;
  }

  bool take_number(double value, bool integral, string_view text, error_code& ec) {
    if (!std::exchange(in_number_, false) && !accept(JsonType::number, ec)) return false;
    if (field_ == Field::args) {
      args_.number_end(text);
      return true;
    }
    const auto problem = set_run_limit(request_.limits, maxima_, member_, {value, integral});
    return problem ? fail(ec, "limits." + member_ + ": " + *problem) : true;
  }

  RunLimits maxima_;
  std::size_t body_bytes_;
  ExecutionRequest request_;
  RequestError error_;
  json::Keys keys_;
  json::Writer args_;
  Field field_ = Field::script;  // of the value that is being walked, from depth 1 on
  bool script_seen_ = false;
  std::size_t depth_ = 0;  // open objects and arrays
  std::string key_;        // of the key being read, at most kNameBytesMax of it
  std::string member_;     // name inside env or limits
  std::size_t env_entries_ = 0;
  bool in_string_ = false;
  bool in_number_ = false;
};

}  // namespace forkjail::server
