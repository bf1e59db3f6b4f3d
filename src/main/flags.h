// The command line and the environment as configuration of server and supervisor. Both processes
// parse the same flags, so neither has to send its configuration to the other.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "main/key_command.h"
#include "server/config.h"
#include "supervisor/config.h"

namespace forkjail {

enum class Command { serve, supervise, attack, doctor, health, key };

struct Flags {
  Command command = Command::serve;
  int control_fd = -1;  // for `supervise`: its end of the channel, inherited
  std::string log_level = "info";
  server::ServerConfig server;
  supervisor::Config supervisor;
  std::vector<std::string> attack_arguments;  // of `attack`
  KeyWish key;                                // of `key`
};

// There is nothing to run: --help or --version was answered, or a flag is wrong.
struct ExitNow {
  int status = 0;
  std::string why;  // one line to print; empty: everything was printed
  server::LogFormat log_format{};
};

[[nodiscard]] std::variant<Flags, ExitNow> parse_flags(int argc, char** argv);

}  // namespace forkjail
