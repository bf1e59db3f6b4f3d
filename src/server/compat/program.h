// A program of another system's request, as `python FILE` would run it. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/adapters/request_builder.h"

namespace forkjail::server {

struct Program {
  std::string_view source;
  std::string_view name;  // what its client calls the source
  std::span<const std::string> arguments = {};
  bool shows_last_value = false;  // that of a last expression is printed, as an interpreter does
};

// A program that is larger than a script may be, or shows its last value, goes as an argument to a
// small script that runs it: clients write their data into the source.
void add_program(RequestBuilder& builder, const Program& program);

}  // namespace forkjail::server
