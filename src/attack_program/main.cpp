// forkjail-attack: what `forkjail attack` becomes. A program of its own, so that the service's
// binary links no TLS.

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "attack_program/options.h"

int main(int argc, char** argv) {
  using namespace forkjail::attack;
  try {
    const auto options = parse_options(argc, argv, std::getenv(kHeadersVariable));
    if (const int* status = std::get_if<int>(&options)) return *status;
    return run_attack(std::get<AttackOptions>(options));
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "forkjail attack: %s\n", exception.what());
    return 2;
  }
}
