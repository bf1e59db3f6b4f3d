#include "zygote/path_redirect.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace forkjail::zygote {
namespace {

// The cell's directory; empty: no redirection. Static, because the functions below have no argument
// for it.
std::array<char, PATH_MAX> g_directory{};  // NOLINT(*-avoid-non-const-global-variables)
// The guest's root; empty: not below the redirected names. Static for the same reason.
std::array<char, PATH_MAX> g_guest_root{};  // NOLINT(*-avoid-non-const-global-variables)

constexpr std::string_view kScratchName = "/scratch";
constexpr std::string_view kTmpName = "/tmp";

// Whether `path` is `name` or below it.
bool at_or_below(std::string_view path, std::string_view name) {
  return path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '/');
}

// Whether `path` is a real path and must not be redirected.
bool has_true_name(std::string_view path) {
  const std::string_view guest_root(g_guest_root.data());
  return at_or_below(path, g_directory.data()) ||
         (!guest_root.empty() && at_or_below(path, guest_root));
}

// A path as passed to the kernel. Holds the translated one during the call.
class Path {
 public:
  // NOLINTNEXTLINE(*-member-init): translate() fills it
  explicit Path(const char* path) : path_(path) {
    if (g_directory.front() == '\0' || path == nullptr || path[0] != '/') return;
    const std::string_view given(path);
    if (has_true_name(given)) return;
    if (at_or_below(given, kTmpName)) {
      translate(given);
    } else if (at_or_below(given, kScratchName)) {
      translate(given.substr(kScratchName.size()));
    }
  }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;
  ~Path() = default;

  operator const char*() const { return path_; }  // NOLINT(*-explicit-*): stands where a path stood

 private:
  void translate(std::string_view rest) {
    const std::size_t length = std::strlen(g_directory.data());
    if (length + rest.size() >= translated_.size())
      return;  // the kernel says ENAMETOOLONG or ENOENT
    std::memcpy(translated_.data(), g_directory.data(), length);
    std::memcpy(translated_.data() + length, rest.data(), rest.size());
    translated_[length + rest.size()] = '\0';
    path_ = translated_.data();
  }

  const char* path_;
  std::array<char, PATH_MAX> translated_;
};

// The C library's function that ours overrides.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// Each function below looks up its original on its first call, in the tables of a hundred
// libraries; every page of these would be cold in a cell.
void resolve_redirected_functions() {
  struct statvfs ignored{};
  const std::array answers{::mkdir("", 0), ::chdir(""), ::statvfs("", &ignored)};
  static_cast<void>(answers);  // ENOENT, all of them
}

void never_redirect(const std::string& guest_root) {
  std::string_view root = guest_root;
  while (root.ends_with('/')) root.remove_suffix(1);
  if (root.size() < g_guest_root.size()) std::ranges::copy(root, g_guest_root.begin());
}

void redirect_scratch(const std::string& directory) {
  if (directory.size() < g_directory.size()) {
    std::memcpy(g_directory.data(), directory.c_str(), directory.size() + 1);
  }
}

}  // namespace forkjail::zygote

// Each definition uses an assembler label for the C library's name, because the headers declare
// these functions with attributes that a second declaration must not repeat.
//
// FORKJAIL_REDIRECT(result, name, (parameters), (arguments)): a function with paths among its
// arguments, which are wrapped as Path(...) where they are passed on.
#define FORKJAIL_REDIRECT(result, name, parameters, arguments)                  \
  extern "C" result forkjail_##name parameters __asm__(#name);                  \
  extern "C" result forkjail_##name parameters {                                \
    using forkjail::zygote::Path;                                               \
    static auto* const real = forkjail::zygote::next<result parameters>(#name); \
    return real arguments;                                                      \
  }

// open(2) and its variants use a mode only with some flags; passing it always is harmless.
#define FORKJAIL_REDIRECT_OPEN(name)                                                     \
  extern "C" int forkjail_##name(const char* path, int flags, ...) __asm__(#name);       \
  extern "C" int forkjail_##name(const char* path, int flags, ...) {                     \
    static auto* const real = forkjail::zygote::next<int(const char*, int, ...)>(#name); \
    va_list rest;                                                                        \
    va_start(rest, flags);                                                               \
    const auto mode = va_arg(rest, mode_t);                                              \
    va_end(rest);                                                                        \
    return real(forkjail::zygote::Path(path), flags, mode);                              \
  }
#define FORKJAIL_REDIRECT_OPENAT(name)                                                        \
  extern "C" int forkjail_##name(int at, const char* path, int flags, ...) __asm__(#name);    \
  extern "C" int forkjail_##name(int at, const char* path, int flags, ...) {                  \
    static auto* const real = forkjail::zygote::next<int(int, const char*, int, ...)>(#name); \
    va_list rest;                                                                             \
    va_start(rest, flags);                                                                    \
    const auto mode = va_arg(rest, mode_t);                                                   \
    va_end(rest);                                                                             \
    return real(at, forkjail::zygote::Path(path), flags, mode);                               \
  }

FORKJAIL_REDIRECT_OPEN(open)
FORKJAIL_REDIRECT_OPEN(open64)
FORKJAIL_REDIRECT_OPENAT(openat)
FORKJAIL_REDIRECT_OPENAT(openat64)
FORKJAIL_REDIRECT(FILE*, fopen, (const char* p, const char* m), (Path(p), m))
FORKJAIL_REDIRECT(FILE*, fopen64, (const char* p, const char* m), (Path(p), m))
FORKJAIL_REDIRECT(int, stat, (const char* p, struct stat* s), (Path(p), s))
FORKJAIL_REDIRECT(int, stat64, (const char* p, struct stat64* s), (Path(p), s))
FORKJAIL_REDIRECT(int, lstat, (const char* p, struct stat* s), (Path(p), s))
FORKJAIL_REDIRECT(int, lstat64, (const char* p, struct stat64* s), (Path(p), s))
FORKJAIL_REDIRECT(int, fstatat, (int d, const char* p, struct stat* s, int f), (d, Path(p), s, f))
FORKJAIL_REDIRECT(int, fstatat64, (int d, const char* p, struct stat64* s, int f),
                  (d, Path(p), s, f))
FORKJAIL_REDIRECT(int, statvfs, (const char* p, struct statvfs* s), (Path(p), s))
FORKJAIL_REDIRECT(int, statvfs64, (const char* p, struct statvfs64* s), (Path(p), s))
FORKJAIL_REDIRECT(int, access, (const char* p, int m), (Path(p), m))
FORKJAIL_REDIRECT(int, faccessat, (int d, const char* p, int m, int f), (d, Path(p), m, f))
FORKJAIL_REDIRECT(int, chdir, (const char* p), (Path(p)))
FORKJAIL_REDIRECT(int, chmod, (const char* p, mode_t m), (Path(p), m))
FORKJAIL_REDIRECT(int, fchmodat, (int d, const char* p, mode_t m, int f), (d, Path(p), m, f))
FORKJAIL_REDIRECT(int, mkdir, (const char* p, mode_t m), (Path(p), m))
FORKJAIL_REDIRECT(int, mkdirat, (int d, const char* p, mode_t m), (d, Path(p), m))
FORKJAIL_REDIRECT(int, rmdir, (const char* p), (Path(p)))
FORKJAIL_REDIRECT(int, unlink, (const char* p), (Path(p)))
FORKJAIL_REDIRECT(int, unlinkat, (int d, const char* p, int f), (d, Path(p), f))
FORKJAIL_REDIRECT(int, remove, (const char* p), (Path(p)))
FORKJAIL_REDIRECT(int, rename, (const char* a, const char* b), (Path(a), Path(b)))
FORKJAIL_REDIRECT(int, renameat, (int d, const char* a, int e, const char* b),
                  (d, Path(a), e, Path(b)))
FORKJAIL_REDIRECT(int, link, (const char* a, const char* b), (Path(a), Path(b)))
FORKJAIL_REDIRECT(int, linkat, (int d, const char* a, int e, const char* b, int f),
                  (d, Path(a), e, Path(b), f))
FORKJAIL_REDIRECT(int, symlink, (const char* a, const char* b), (Path(a), Path(b)))
FORKJAIL_REDIRECT(int, symlinkat, (const char* a, int d, const char* b), (Path(a), d, Path(b)))
FORKJAIL_REDIRECT(ssize_t, readlink, (const char* p, char* b, size_t n), (Path(p), b, n))
FORKJAIL_REDIRECT(ssize_t, readlinkat, (int d, const char* p, char* b, size_t n),
                  (d, Path(p), b, n))
FORKJAIL_REDIRECT(DIR*, opendir, (const char* p), (Path(p)))
FORKJAIL_REDIRECT(int, truncate, (const char* p, off_t n), (Path(p), n))
FORKJAIL_REDIRECT(int, truncate64, (const char* p, off64_t n), (Path(p), n))
FORKJAIL_REDIRECT(int, utimensat, (int d, const char* p, const struct timespec* t, int f),
                  (d, Path(p), t, f))

// The reverse: the working directory under its redirected name.
extern "C" char* forkjail_getcwd(char* buffer, size_t size) __asm__("getcwd");
extern "C" char* forkjail_getcwd(char* buffer, size_t size) {
  static auto* const real = forkjail::zygote::next<char*(char*, size_t)>("getcwd");
  char* const found = real(buffer, size);
  const std::string_view directory(forkjail::zygote::g_directory.data());
  if (found == nullptr || directory.empty() || !forkjail::zygote::at_or_below(found, directory)) {
    return found;
  }
  const std::string_view rest(found + directory.size());
  const std::string_view name = forkjail::zygote::kScratchName;
  if (name.size() > directory.size()) return found;  // does not fit: the real name
  std::memmove(found + name.size(), rest.data(), rest.size() + 1);
  std::memcpy(found, name.data(), name.size());
  return found;
}
