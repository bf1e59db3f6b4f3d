#include "main/supervisor_process.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "base/unix_socket.h"

namespace forkjail {
namespace {

// `supervise --control-fd=N`, then our own flags. The environment is inherited unchanged.
std::vector<std::string> supervise_arguments(int argc, char** argv, int control_fd) {
  std::vector<std::string> arguments{"forkjail", "supervise",
                                     "--control-fd=" + std::to_string(control_fd)};
  for (int i = 1; i < argc; ++i) {
    if (i == 1 && std::strcmp(argv[i], "serve") == 0) continue;
    arguments.emplace_back(argv[i]);
  }
  return arguments;
}

// RAII for posix_spawn's two option structs.
struct SpawnOptions {
  SpawnOptions() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;
  ~SpawnOptions() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

}  // namespace

Result<UniqueFd> SupervisorProcess::start(int argc, char** argv) {
  auto ends = make_socket_pair();
  if (!ends) return ends.error();
  auto& [ours, theirs] = *ends;

  std::vector<std::string> arguments = supervise_arguments(argc, argv, theirs.get());
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  SpawnOptions options;
  // dup2 onto itself: this descriptor survives the exec, all others are close-on-exec.
  ::posix_spawn_file_actions_adddup2(&options.actions, theirs.get(), theirs.get());
  // Its own session: Ctrl-C at a terminal reaches only the server, which then drains.
  ::posix_spawnattr_setflags(&options.attributes, POSIX_SPAWN_SETSID);
  const int error = ::posix_spawn(&pid_, "/proc/self/exe", &options.actions, &options.attributes,
                                  pointers.data(), ::environ);
  if (error != 0) return Error{"start the supervisor", error, {}};
  return std::move(ours);
}

bool SupervisorProcess::wait(std::chrono::milliseconds time_max) {
  constexpr std::chrono::milliseconds kPoll{5};
  const auto deadline = std::chrono::steady_clock::now() + time_max;
  while (pid_ != 0) {
    const pid_t reaped = ::waitpid(pid_, nullptr, WNOHANG);
    if (reaped == pid_ || (reaped < 0 && errno == ECHILD)) {
      pid_ = 0;
    } else if (std::chrono::steady_clock::now() >= deadline) {
      return false;
    } else {
      std::this_thread::sleep_for(kPoll);
    }
  }
  return true;
}

}  // namespace forkjail
