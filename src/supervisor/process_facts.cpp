#include "supervisor/process_facts.h"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "base/io.h"

namespace forkjail::supervisor {
namespace {

std::uint64_t hexadecimal(std::istringstream& words) {
  std::uint64_t value = 0;
  words >> std::hex >> value;
  return value;
}

struct StatFacts {
  char state = 'X';  // of the main thread
  pid_t parent = 0;
  long threads = 0;
};

// Fields 5 to 19 stand between the parent and the number of threads.
constexpr int kFieldsBeforeThreads = 15;

bool has_ended(char state) { return state == 'Z' || state == 'X'; }

// From /proc/PID/stat (proc_pid_stat(5)), which corpses have too.
std::optional<StatFacts> stat_in(const std::string& directory) {
  const auto text = read_file(directory + "/stat");
  if (!text) return std::nullopt;
  const auto name_end = text->rfind(") ");  // the name before it may hold anything
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream words(text->substr(name_end + 2));
  StatFacts facts;
  if (!(words >> facts.state >> facts.parent)) return std::nullopt;
  std::string skipped;
  for (int i = 0; i < kFieldsBeforeThreads; ++i) words >> skipped;
  if (!(words >> facts.threads)) return std::nullopt;
  return facts;
}

std::optional<StatFacts> stat_of(pid_t pid) { return stat_in("/proc/" + std::to_string(pid)); }

Result<std::uint64_t> resident_bytes_in(const std::string& directory) {
  const auto text = read_file(directory + "/statm");
  if (!text) return text.error();
  std::istringstream words(*text);
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  if (!(words >> total >> resident)) return Error{"read statm", EPROTO, *text};
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

Result<ProcessFacts> parse_status(std::string_view status) {
  ProcessFacts facts;
  int found = 0;
  std::istringstream lines{std::string(status)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "Uid:") {
      words >> facts.real_uid >> facts.effective_uid;
    } else if (name == "CapAmb:") {  // gVisor has no ambient set
      facts.capabilities |= hexadecimal(words);
      continue;
    } else if (name == "CapInh:" || name == "CapPrm:" || name == "CapEff:") {
      facts.capabilities |= hexadecimal(words);
    } else if (name == "CapBnd:") {
      facts.bounding_set = hexadecimal(words);
    } else if (name == "NoNewPrivs:") {
      bool on = false;
      words >> on;
      facts.no_new_privs = on;
      continue;
    } else if (name == "Seccomp:") {
      words >> facts.seccomp_mode;
    } else if (name == "Threads:") {
      words >> facts.threads;
    } else {
      continue;
    }
    ++found;
  }
  constexpr int kLinesWanted = 7;
  if (found != kLinesWanted) return Error{"read process status", EPROTO, "lines are missing"};
  return facts;
}

Result<ProcessFacts> read_process_facts(pid_t pid) {
  const auto text = read_file("/proc/" + std::to_string(pid) + "/status");
  if (!text) return text.error();
  return parse_status(*text);
}

Result<std::string> namespace_of(pid_t pid, const std::string& name) {
  const std::string path = "/proc/" + std::to_string(pid) + "/ns/" + name;
  std::array<char, 64> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  if (length < 0) return errno_error("readlink " + path);
  return std::string(target.data(), static_cast<std::size_t>(length));
}

Result<std::uint64_t> resident_bytes(pid_t pid) {
  auto bytes = resident_bytes_in("/proc/" + std::to_string(pid));
  if (!bytes || *bytes != 0) return bytes;
  const auto thread = living_thread_directory(pid);
  return thread ? resident_bytes_in(*thread) : bytes;
}

std::optional<std::string> living_thread_directory(pid_t pid) {
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  std::error_code error;
  for (std::filesystem::directory_iterator entry(tasks, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto facts = stat_in(entry->path());
    if (facts && !has_ended(facts->state)) return entry->path();
  }
  return std::nullopt;
}

bool is_alive(pid_t pid) {
  const auto facts = stat_of(pid);
  return facts && (!has_ended(facts->state) || facts->threads > 1);
}

bool is_at_work(pid_t pid) {
  const auto facts = stat_of(pid);
  return facts && (facts->state == 'R' || facts->state == 'D');
}

std::optional<pid_t> parent_of(pid_t pid) {
  const auto facts = stat_of(pid);
  if (!facts) return std::nullopt;
  return facts->parent;
}

Result<pid_t> pid_of(int pidfd) {
  const auto text = read_file("/proc/self/fdinfo/" + std::to_string(pidfd));
  if (!text) return text.error();
  std::istringstream words(*text);
  for (std::string name; words >> name;) {
    pid_t pid = -1;
    if (name == "Pid:" && words >> pid) {
      if (pid > 0) return pid;
      return Error{"pidfd", ESRCH, {}};
    }
  }
  return Error{"pidfd", EPROTO, "no Pid line"};
}

}  // namespace forkjail::supervisor
