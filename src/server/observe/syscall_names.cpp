#include "server/observe/syscall_names.h"

#include <seccomp.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

namespace forkjail::server {

std::string name_of_syscall(std::uint32_t number) {
  struct Free {
    void operator()(char* text) const {
      std::free(text);  // NOLINT(*-no-malloc): libseccomp allocated it
    }
  };
  const std::unique_ptr<char, Free> name(
      ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number)));
  return name ? std::string(name.get()) : std::string();
}

std::string syscall_names(std::span<const std::uint32_t> numbers) {
  std::vector<std::uint32_t> named;
  std::string text;
  for (const std::uint32_t number : numbers) {
    if (std::ranges::find(named, number) != named.end()) continue;
    named.push_back(number);
    const std::string name = name_of_syscall(number);
    text.append(text.empty() ? "" : ", ");
    text.append(name.empty() ? "syscall " + std::to_string(number) : name);
  }
  return text;
}

}  // namespace forkjail::server
