#include "script_runner.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/json/src.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/io.h"
#include "base/pipe.h"

namespace forkjail::zygote {
namespace {

// Remembered, because the host empties the environment as it starts.
const std::string& site_packages() {
  static const std::string path = [] {
    const char* given = std::getenv("FORKJAIL_GUEST_SITE_PACKAGES");
    return std::string(given == nullptr ? "" : given);
  }();
  return path;
}

std::uint64_t data_bytes_now() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmData:")) return std::stoull(line.substr(7)) * 1024;
  }
  return 0;
}

// Everything that the child writes, until every end is closed or it is time to kill it.
void drain(std::array<std::pair<int, std::string*>, 3> sources, pid_t child, int kill_after_ms) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::milliseconds(kill_after_ms);
  bool killed = false;
  for (;;) {
    std::vector<pollfd> polled;
    for (const auto& source : sources) {
      if (source.first >= 0) polled.push_back({source.first, POLLIN, 0});
    }
    if (polled.empty()) return;
    if (kill_after_ms > 0 && !killed && Clock::now() >= deadline) {
      kill(child, SIGKILL);
      killed = true;
    }
    poll(polled.data(), polled.size(), 20);
    for (auto& [fd, text] : sources) {
      if (fd < 0) continue;
      pollfd one{fd, POLLIN, 0};
      if (poll(&one, 1, 0) <= 0) continue;
      std::array<char, 65536> bytes{};
      const ssize_t count = read(fd, bytes.data(), bytes.size());
      if (count > 0) {
        text->append(bytes.data(), static_cast<std::size_t>(count));
      } else {
        fd = -1;
      }
    }
  }
}

void point_at_null() {
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int fd : {0, 1, 2}) dup2(null, fd);
}

// In the pipe of the reply: a letter, the size, the text.
void send_displayed(int reply_fd, std::string_view json) {
  const std::uint32_t size = static_cast<std::uint32_t>(json.size());
  std::string framed("D");
  framed.append(reinterpret_cast<const char*>(&size), sizeof size).append(json);
  static_cast<void>(write_all(reply_fd, std::as_bytes(std::span(framed))).ok());
}

// Takes what was displayed from the front of the reply.
std::vector<std::string> take_displayed(std::string& framed) {
  std::vector<std::string> displayed;
  std::uint32_t size = 0;
  while (framed.size() > sizeof size && framed[0] == 'D') {
    std::memcpy(&size, framed.data() + 1, sizeof size);
    displayed.push_back(framed.substr(1 + sizeof size, size));
    framed.erase(0, 1 + sizeof size + size);
  }
  return displayed;
}

[[noreturn]] void child_main(PythonHost& host, const ScriptCase& script_case, int in, int out,
                             int err, int reply_fd) {
  if (script_case.prefault) sandbox::prefault(host.touched_by_all());
  host.after_clone_in_cell();
  point_at_null();
  if (!host.prepare_cell().ok()) {
    const std::string text = "Eprepare_cell";
    [[maybe_unused]] const auto written = write(reply_fd, text.data(), text.size());
    _exit(9);
  }
  dup2(in, 0);
  dup2(out, 1);
  dup2(err, 2);
  if (script_case.limit_memory) {
    const rlim_t bytes = data_bytes_now() + script_case.memory_bytes;
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_DATA, &limit);
  }
  if (!script_case.earlier.empty()) dup2(make_pipe()->read_end.get(), 0);  // as in a session
  for (const std::string& script : script_case.earlier) {
    static_cast<void>(host.run({.script = script, .mode = protocol::RunMode::repl}));
    host.prepare_next_run();
  }
  RunRequest request{script_case.script, script_case.args_json, script_case.env_block,
                     script_case.memory_bytes, script_case.mode};
  request.advice_without_fields = script_case.without_fields;
  if (script_case.display) {
    request.display = [&](std::string_view json) { send_displayed(reply_fd, json); };
  }
  const RunReply reply = host.run(request);
  for (const int fd : {1, 2, out, err}) close(fd);
  const char type = reply.type == protocol::FrameType::value ? 'V' : 'F';
  static_cast<void>(write_all(reply_fd, std::as_bytes(std::span(&type, 1))).ok());
  static_cast<void>(write_all(reply_fd, std::as_bytes(std::span(reply.payload))).ok());
  _exit(0);
}

UniqueFd stdin_of(const std::string& text) {
  UniqueFd file(memfd_create("stdin", MFD_CLOEXEC));
  static_cast<void>(write_all(file.get(), std::as_bytes(std::span(text))).ok());
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace

bool has_pandas() { return !site_packages().empty(); }

PythonHost& test_host() {
  static PythonHost* const host = [] {
    std::vector<std::string> modules;
    if (has_pandas()) modules = {"numpy", "pandas"};
    const PythonPaths paths{FORKJAIL_TEST_STDLIB, FORKJAIL_TEST_STDLIB "/lib-dynload",
                            site_packages(), FORKJAIL_TEST_RUNTIME};
    auto started = PythonHost::start(paths, modules, protocol::WarmUp::whole);
    if (!started.ok()) {
      std::fprintf(stderr, "%s\n", started.error().to_string().c_str());
      std::abort();
    }
    auto* const made = new PythonHost(std::move(*started));
    made->learn_touched_pages();
    return made;
  }();
  return *host;
}

ScriptOutcome run_case(const ScriptCase& script_case) {
  PythonHost& host = test_host();
  auto out = make_pipe();
  auto err = make_pipe();
  auto reply = make_pipe();
  const UniqueFd in = stdin_of(script_case.stdin_text);
  host.before_clone();
  pid_t child = -1;
  if (script_case.pid_namespace) {
    // The flags of a fork plus one; no stack: the child goes on where the parent is.
    child = static_cast<pid_t>(
        syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  } else {
    child = fork();
  }
  if (child == 0) {
    child_main(host, script_case, in.get(), out->write_end.get(), err->write_end.get(),
               reply->write_end.get());
  }
  host.after_clone_in_zygote();
  out->write_end.reset();
  err->write_end.reset();
  reply->write_end.reset();
  ScriptOutcome outcome;
  std::string framed;
  if (child < 0) {
    ADD_FAILURE() << "clone failed";
    return outcome;
  }
  drain({{{out->read_end.get(), &outcome.stdout_text},
          {err->read_end.get(), &outcome.stderr_text},
          {reply->read_end.get(), &framed}}},
        child, script_case.kill_after_ms);
  waitpid(child, &outcome.wait_status, 0);
  outcome.displayed = take_displayed(framed);
  if (!framed.empty() && framed[0] == 'E') ADD_FAILURE() << framed.substr(1);
  outcome.replied = !framed.empty() && framed[0] != 'E';
  if (outcome.replied) {
    outcome.type = framed[0] == 'V' ? protocol::FrameType::value : protocol::FrameType::failure;
    outcome.payload = framed.substr(1);
  }
  return outcome;
}

ScriptOutcome run_script(const std::string& script) { return run_case({.script = script}); }

std::string value_of(const std::string& expression, const std::string& prelude) {
  const ScriptOutcome outcome =
      run_script(prelude + "\ndef main():\n    return " + expression + "\n");
  return outcome.type == protocol::FrameType::value ? outcome.payload : outcome.field("message");
}

boost::json::object ScriptOutcome::failure() const {
  if (!replied || type != protocol::FrameType::failure) return {};
  return boost::json::parse(payload).as_object();
}

std::string ScriptOutcome::field(std::string_view name) const {
  const boost::json::object object = failure();
  const boost::json::value* value = object.if_contains(name);
  if (value == nullptr) return "";
  return value->is_string() ? std::string(value->as_string()) : boost::json::serialize(*value);
}

}  // namespace forkjail::zygote
