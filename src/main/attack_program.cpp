#include "main/attack_program.h"

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>

namespace forkjail {

int become_attack_program(const std::vector<std::string>& arguments) {
  std::error_code ec;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", ec);
  const std::string program = (binary.parent_path() / "forkjail-attack").string();
  std::vector<std::string> all{program};
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& argument : all) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execv(program.c_str(), pointers.data());
  std::fprintf(stderr, "forkjail attack: %s: %s\n", program.c_str(), std::strerror(errno));
  return 2;
}

}  // namespace forkjail
