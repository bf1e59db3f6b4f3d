// Reads files that are about to be imported into the page cache: an import opens about a thousand
// small files one after the other, and on a new instance waits for the disk at each.
//
// A child process walks the directories and asks the kernel to read each file (posix_fadvise(2),
// WILLNEED) while the parent starts the interpreter. This is only a hint: without it, or if it
// fails, imports read the files themselves. Zygote, before Python runs, with one thread.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>

namespace forkjail::zygote {

class ReadAhead {
 public:
  // `modules`: NAME stands for the directory site_packages/NAME and everything below.
  ReadAhead(const std::string& site_packages, std::span<const std::string> modules);
  // Kills and reaps the child, even if it has not finished.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

 private:
  pid_t child_ = -1;
};

}  // namespace forkjail::zygote
