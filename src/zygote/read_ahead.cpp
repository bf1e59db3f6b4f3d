#include "zygote/read_ahead.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "base/unique_fd.h"

namespace forkjail::zygote {
namespace {

void ask_for(const std::string& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.valid()) ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_WILLNEED);
}

void ask_for_all_below(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file(error)) ask_for(entry->path());
  }
}

}  // namespace

ReadAhead::ReadAhead(const std::string& site_packages, std::span<const std::string> modules)
    : child_(::fork()) {
  if (child_ != 0) return;
  for (const std::string& module : modules) {
    ask_for_all_below(site_packages + "/" + module);
    // Libraries that a wheel keeps in a directory of its own: numpy.libs contains its BLAS.
    ask_for_all_below(site_packages + "/" + module + ".libs");
  }
  ::_exit(0);
}

ReadAhead::~ReadAhead() {
  if (child_ < 0) return;
  ::kill(child_, SIGKILL);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace forkjail::zygote
