#include "server/api/execute_body_reader.h"

#include "server/api/name_texts.h"
#include "server/api/request_checks.h"
#include "server/run/run_limit_fields.h"

namespace forkjail::server {
namespace {

// What a text may grow to by doubling; of a longer body it gets all of its room at once.
constexpr std::size_t kGrownBytesMax = 64 * kKiB;
constexpr std::size_t kWordBytesMax = 64;  // no word that means something is longer

std::string unknown_field(RequestForm form, std::string_view name) {
  std::string text = "unknown field " + in_quotes(name);
  const auto meant = meant_request_field(form, name);
  if (!meant.empty()) text.append("; did you mean ").append(meant).append("?");
  text += meant.empty() ? "; known fields: " : " Known fields: ";
  return text + names_of(fields_of(form));
}

}  // namespace

bool ExecuteBodyReader::fail(error_code& ec, std::string message, unsigned status) {
  error_ = RequestError{status, std::move(message)};
  ec = boost::json::make_error_code(boost::json::error::input_error);
  return false;
}

bool ExecuteBodyReader::fail_duplicate(error_code& ec) {
  return fail(ec, where() + "duplicate key " + in_quotes(key_) + "; send each key once");
}

bool ExecuteBodyReader::settle(std::optional<RequestError> problem, error_code& ec) {
  return !problem || fail(ec, std::move(problem->message), problem->status);
}

// "args: ", "files[2]: ", or nothing at the top.
std::string ExecuteBodyReader::where() const {
  if (depth_ < 2) return {};
  return (is_file() ? files_.where() : std::string(row().name)) + ": ";
}

// What only the fields together show.
std::optional<RequestError> ExecuteBodyReader::check_whole() const {
  if (terms_.form == RequestForm::session) return files_.finish();
  if (!script_seen_) {
    return RequestError{400, "script: missing; send the Python source as a string"};
  }
  if (request_.script.empty()) {
    return RequestError{400, "script: must not be empty; it must define main()"};
  }
  if (request_.mode == protocol::RunMode::program && !args_are_strings_) {
    return RequestError{400, "args: mode program takes an array of strings, which become sys.argv"};
  }
  return files_.finish();
}

// ---- types ----

// May a value of this type begin here?
bool ExecuteBodyReader::accept(JsonType type, error_code& ec) {
  if (field_ == Field::args) {
    if (depth_ == 1) args_are_strings_ = type == JsonType::array || type == JsonType::null;
    if (depth_ == 2 && type != JsonType::string) args_are_strings_ = false;
  }
  return settle(type_problem(type), ec);
}

std::optional<RequestError> ExecuteBodyReader::type_problem(JsonType type) {
  const auto wrong = [type](const std::string& place, std::string_view expected) {
    return RequestError{400, place + ": expected " + std::string(expected) + ", got " +
                                 std::string(with_article(type))};
  };
  if (depth_ == 0) {
    if (type == JsonType::object) return std::nullopt;
    return RequestError{400, "the body must be a JSON object with the field script, not " +
                                 std::string(with_article(type))};
  }
  if (depth_ == 1) {
    if (accepts(row(), type)) return std::nullopt;
    return wrong(std::string(row().name), row().expected);
  }
  if (field_ == Field::args) return std::nullopt;
  if (is_file()) return files_.take_type(type);
  if (row().element_types.has(type)) return std::nullopt;
  return wrong(element(), row().expected_elements);
}

// The element of a field whose value is being walked: "env.PATH", "include[2]".
std::string ExecuteBodyReader::element() const {
  const std::string name(row().name);
  if (field_ == Field::files) return name;
  if (field_ == Field::include) return name + "[" + std::to_string(included_) + "]";
  return name + "." + member_;
}

// ---- keys ----

void ExecuteBodyReader::take_key_part(string_view part) {
  keys_.key_part(part);
  if (is_args_key()) args_.key_part(part);
  key_.append(part.substr(0, kNameBytesMax - key_.size()));
}

bool ExecuteBodyReader::start_field(error_code& ec) {
  const RequestFieldRow* const found = find_request_field(terms_.form, key_);
  if (found == nullptr) return fail(ec, unknown_field(terms_.form, key_));
  field_ = found->field;
  script_seen_ |= field_ == Field::script;
  make_room();
  return true;
}

// For a long text, which would else be copied whole each time that it outgrows its room.
void ExecuteBodyReader::make_room() {
  if (body_bytes_ <= kGrownBytesMax) return;
  if (field_ == Field::args) args_.reserve(body_bytes_);
  if (field_ == Field::stdin_text) request_.stdin_text.reserve(body_bytes_);
  if (field_ == Field::files) files_.reserve(body_bytes_);
}

// A name inside env, limits or one of the files.
bool ExecuteBodyReader::start_member(error_code& ec) {
  member_ = key_;
  if (field_ == Field::files) return settle(files_.begin_member(member_), ec);
  if (field_ == Field::env) return start_env_variable(ec);
  const bool of_session = terms_.form == RequestForm::session;
  const bool is_known = of_session ? find_limit(session_limit_rows(), member_) != nullptr
                                   : find_limit(run_limit_rows(), member_) != nullptr;
  if (is_known) return true;
  const std::string known =
      of_session ? names_of(session_limit_rows()) : names_of(run_limit_rows());
  return fail(ec, "limits: unknown field " + in_quotes(member_) + "; known fields: " + known);
}

bool ExecuteBodyReader::start_env_variable(error_code& ec) {
  if (!settle(variable_name_problem(member_), ec)) return false;
  ++env_entries_;
  request_.env_block.append(member_).push_back('=');
  return check_env_size(ec);
}

// ---- values ----

bool ExecuteBodyReader::take_string_part(string_view part, error_code& ec) {
  if (!in_string_) {
    if (!accept(JsonType::string, ec)) return false;
    in_string_ = true;
    word_.clear();
  }
  switch (field_) {
    case Field::script:
      return take_script_part(part, ec);
    case Field::stdin_text:
      request_.stdin_text.append(part);
      return true;
    case Field::env:
      return take_env_part(part, ec);
    case Field::files:
      return settle(files_.text_part(part), ec);
    case Field::mode:
    case Field::include:
    case Field::from:
    case Field::on_error:
      word_.append(part.substr(0, kWordBytesMax + 1 - word_.size()));
      return true;
    case Field::args:
      args_.string_part(part);
      return true;
    case Field::limits:
    case Field::verbose:
      break;  // no strings
  }
  return true;
}

bool ExecuteBodyReader::take_script_part(string_view part, error_code& ec) {
  if (!settle(script_size_problem(request_.script.size() + part.size(), row().name), ec)) {
    return false;
  }
  request_.script.append(part);
  return true;
}

bool ExecuteBodyReader::take_env_part(string_view part, error_code& ec) {
  if (!settle(variable_value_problem(member_, part), ec)) return false;
  request_.env_block.append(part);
  return check_env_size(ec);
}

bool ExecuteBodyReader::finish_string(error_code& ec) {
  switch (field_) {
    case Field::args:
      args_.string_end({});
      return true;
    case Field::env:
      request_.env_block.push_back('\0');
      return check_env_size(ec);
    case Field::files:
      return settle(files_.text_end(), ec);
    case Field::mode:
      return finish_mode(ec);
    case Field::include:
      return finish_part(ec);
    case Field::from:
      request_.session.from = word_;
      return true;
    case Field::on_error:
      return finish_on_error(ec);
    case Field::script:
    case Field::stdin_text:
    case Field::limits:
    case Field::verbose:
      break;  // nothing is left to be done
  }
  return true;
}

bool ExecuteBodyReader::finish_mode(error_code& ec) {
  const auto mode = run_mode(word_);
  if (!mode) return fail_word(ec);
  request_.mode = *mode;
  return true;
}

bool ExecuteBodyReader::finish_on_error(error_code& ec) {
  const auto rolls_back = rolls_back_errors(word_);
  if (!rolls_back) return fail_word(ec);
  request_.session.rolls_back_errors = *rolls_back;
  return true;
}

bool ExecuteBodyReader::fail_word(error_code& ec) {
  return fail(ec, std::string(row().name) + ": " + in_quotes(word_) + " is unknown; use " +
                      std::string(row().expected));
}

bool ExecuteBodyReader::finish_part(error_code& ec) {
  const auto part = answer_part(word_);
  if (!part) {
    return fail(ec, element() + ": " + in_quotes(word_) +
                        " is unknown; known parts: " + names_of(row().words));
  }
  if (++included_ > row().count_max) return fail(ec, "include: too many parts");
  request_.include.add(*part);
  return true;
}

bool ExecuteBodyReader::check_env_size(error_code& ec) {
  return settle(variables_problem(env_entries_, request_.env_block.size()), ec);
}

bool ExecuteBodyReader::take_number_part(string_view part, error_code& ec) {
  if (!std::exchange(in_number_, true) && !accept(JsonType::number, ec)) return false;
  if (field_ == Field::args) args_.number_part(part);
  return true;
}

bool ExecuteBodyReader::take_number(double value, bool integral, string_view text, error_code& ec) {
  if (!std::exchange(in_number_, false) && !accept(JsonType::number, ec)) return false;
  if (field_ == Field::args) {
    args_.number_end(text);
    return true;
  }
  const JsonNumber number{value, integral};
  const auto problem =
      terms_.form == RequestForm::session
          ? set_limit(session_limit_rows(), request_.session.limits, terms_.session_maxima, member_,
                      number)
          : set_limit(run_limit_rows(), request_.limits, terms_.maxima, member_, number);
  return problem ? fail(ec, "limits." + member_ + ": " + *problem) : true;
}

}  // namespace forkjail::server
