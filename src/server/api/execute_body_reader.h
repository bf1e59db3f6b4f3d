// Makes an ExecutionRequest of a JSON parser's events, for request_decoder.cpp alone. The body is
// an object (depth 1) whose fields are scalars, words (include: depth 2), one level of names (env,
// limits: depth 2), files (depth 3), or any JSON (args), which is written out again as it is
// walked. What one event costs is bounded by the bytes that it brings. Pure.
#pragma once

#include <boost/json/error.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "json/keys.h"
#include "json/sax.h"
#include "json/writer.h"
#include "server/api/file_fields.h"
#include "server/api/request_decoder.h"
#include "server/api/request_fields.h"

namespace forkjail::server {

class ExecuteBodyReader : public json::SaxHandler {
 public:
  ExecuteBodyReader(const RequestTerms& terms, const json::HashSecret& secret,
                    std::size_t body_bytes)
      : terms_(terms), body_bytes_(body_bytes), keys_(secret) {
    request_.limits = terms.maxima;
    request_.session.limits = terms.session_maxima;
    if (terms.form == RequestForm::session_execute) request_.mode = protocol::RunMode::repl;
  }

  [[nodiscard]] bool failed() const { return !error_.message.empty(); }
  [[nodiscard]] RequestError take_error() { return std::move(error_); }

  // After the whole body was parsed.
  [[nodiscard]] Decoded finish() {
    if (auto problem = check_whole()) return *std::move(problem);
    request_.args_json = args_.take();
    request_.file_block = files_.take_block();
    return std::move(request_);
  }

  bool on_object_begin(error_code& ec) {
    if (!accept(JsonType::object, ec)) return false;
    if (in_args()) args_.object_begin();
    keys_.object_begin();
    ++depth_;
    return !is_file() || settle(files_.begin_file(), ec);
  }

  bool on_object_end(std::size_t, error_code& ec) {
    if (is_file() && !settle(files_.end_file(), ec)) return false;
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
    if (!keys_.key_end()) return fail_duplicate(ec);
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
    return finish_string(ec);
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
    if (field_ == Field::verbose && value) request_.include.add_all();
    return true;
  }

  bool on_null(error_code& ec) {
    if (!accept(JsonType::null, ec)) return false;
    if (depth_ >= 2 && in_args()) args_.literal("null");  // elsewhere it is the same as nothing
    return true;
  }

 private:
  using Field = RequestField;

  // Of a name outside args. Longer ones fit nowhere, so no more of them is kept.
  static constexpr std::size_t kNameBytesMax = kEnvBytesMax + 1;

  // Inside the value of `args`, its own brackets included.
  [[nodiscard]] bool in_args() const { return depth_ >= 1 && field_ == Field::args; }
  [[nodiscard]] bool is_args_key() const { return depth_ >= 2 && field_ == Field::args; }
  // Inside the object of one of the `files`.
  [[nodiscard]] bool is_file() const { return depth_ == 3 && field_ == Field::files; }

  bool fail(error_code& ec, std::string message, unsigned status = 400);
  bool fail_duplicate(error_code& ec);
  // True: there is no problem.
  bool settle(std::optional<RequestError> problem, error_code& ec);
  [[nodiscard]] std::string where() const;
  [[nodiscard]] const RequestFieldRow& row() const { return row_of(field_); }
  [[nodiscard]] std::optional<RequestError> check_whole() const;

  bool accept(JsonType type, error_code& ec);
  [[nodiscard]] std::optional<RequestError> type_problem(JsonType type);
  [[nodiscard]] std::string element() const;
  void take_key_part(string_view part);
  bool start_field(error_code& ec);
  void make_room();
  bool start_member(error_code& ec);
  bool start_env_variable(error_code& ec);

  bool take_string_part(string_view part, error_code& ec);
  bool take_script_part(string_view part, error_code& ec);
  bool take_env_part(string_view part, error_code& ec);
  bool finish_string(error_code& ec);
  bool finish_mode(error_code& ec);
  bool finish_on_error(error_code& ec);
  bool fail_word(error_code& ec);
  bool finish_part(error_code& ec);
  bool check_env_size(error_code& ec);
  bool take_number_part(string_view part, error_code& ec);
  bool take_number(double value, bool integral, string_view text, error_code& ec);

  RequestTerms terms_;
  std::size_t body_bytes_;
  ExecutionRequest request_;
  RequestError error_;
  json::Keys keys_;
  json::Writer args_;
  Field field_ = Field::script;  // of the value that is being walked, from depth 1 on
  bool script_seen_ = false;
  bool args_are_strings_ = true;  // an array of nothing but strings
  FileFields files_;
  std::string word_;          // a string that is one of a few words: of mode and include
  std::size_t included_ = 0;  // elements of include so far
  std::size_t depth_ = 0;     // open objects and arrays
  std::string key_;           // of the key being read, at most kNameBytesMax of it
  std::string member_;        // name inside env or limits
  std::size_t env_entries_ = 0;
  bool in_string_ = false;
  bool in_number_ = false;
};

}  // namespace forkjail::server
