// Brings what is about to be imported into the page cache, ahead of the import: that opens some
// thousand small files one after the other, and on a new instance waits for the disk at each.
//
// A child process walks the directories and asks for each file (posix_fadvise(2), WILLNEED) while
// the parent starts the interpreter. It is only a hint: without it, or when it fails, imports read
// for themselves. Zygote, before Python runs, with one thread.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>

namespace forkjail::zygote {

class ReadAhead {
 public:
  // `modules` of `site_packages`: NAME is the directory site_packages/NAME and below.
  ReadAhead(const std::string& site_packages, std::span<const std::string> modules);
  // Ends and reaps the child, however far it came.
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

 private:
  pid_t child_ = -1;
};

}  // namespace forkjail::zygote
