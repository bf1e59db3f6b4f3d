// Prints the layouts and numbers of the protocol as JSON, for the programs in bench/ that use it
// without server and supervisor: taken from the headers by the compiler, so that they never differ.
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string_view>
#include <type_traits>
#include <utility>

#include "protocol/run_frames.h"
#include "protocol/zygote_channel.h"

using namespace forkjail::protocol;

namespace {

// The format character of Python's struct module.
template <typename T>
constexpr char code_of() {
  if constexpr (std::is_enum_v<T>) {
    return code_of<std::underlying_type_t<T>>();
  } else {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8);
    if (sizeof(T) == 8) return std::is_signed_v<T> ? 'q' : 'Q';
    return std::is_signed_v<T> ? 'i' : 'I';
  }
}

class Object {
 public:
  explicit Object(std::string_view name) { std::cout << '"' << name << "\":"; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { std::cout << "},"; }

  template <typename T>
  void number(std::string_view name, T value) {
    begin(name);
    std::cout << static_cast<std::uint64_t>(value);
  }
  // [offset, format, number of elements]
  template <typename T>
  void field(std::string_view name, std::size_t offset, std::size_t count = 1) {
    begin(name);
    std::cout << '[' << offset << ",\"" << code_of<T>() << "\"," << count << ']';
  }

 private:
  void begin(std::string_view name) {
    std::cout << std::exchange(before_, ',') << '"' << name << "\":";
  }

  char before_ = '{';
};

#define FIELD(object, type, name) (object).field<decltype(type::name)>(#name, offsetof(type, name))
#define NUMBER(object, type, name) (object).number(#name, type::name)

void print_run_request() {
  Object layout("run_request");
  layout.number("bytes", sizeof(RunRequestHeader));
  FIELD(layout, RunRequestHeader, magic);
  FIELD(layout, RunRequestHeader, mode);
  FIELD(layout, RunRequestHeader, wants);
  layout.field<std::uint32_t>("part_bytes", offsetof(RunRequestHeader, part_bytes), kRunParts);
  FIELD(layout, RunRequestHeader, memory_bytes);
  FIELD(layout, RunRequestHeader, cpu_time_ms);
}

void print_zygote_message() {
  Object layout("zygote_message");
  layout.number("bytes", sizeof(ZygoteMessage));
  FIELD(layout, ZygoteMessage, verb);
  FIELD(layout, ZygoteMessage, sys_errno);
  FIELD(layout, ZygoteMessage, cell);
  FIELD(layout, ZygoteMessage, uid);
  FIELD(layout, ZygoteMessage, wait_status);
  FIELD(layout, ZygoteMessage, pid);
  FIELD(layout, ZygoteMessage, cpu_time_us);
  FIELD(layout, ZygoteMessage, resident_peak_bytes);
}

void print_numbers() {
  {
    Object verbs("zygote_verbs");
    NUMBER(verbs, ZygoteVerb, ready);
    NUMBER(verbs, ZygoteVerb, failed);
    NUMBER(verbs, ZygoteVerb, cloned);
    NUMBER(verbs, ZygoteVerb, exited);
    NUMBER(verbs, ZygoteVerb, clone);
  }
  Object frames("frames");
  NUMBER(frames, FrameType, parked);
  NUMBER(frames, FrameType, value);
  NUMBER(frames, FrameType, failure);
}

}  // namespace

int main() {
  std::cout << "{";
  print_run_request();
  print_zygote_message();
  print_numbers();
  std::cout << "\"run_request_magic\":" << kRunRequestMagic << "}\n";
  return std::cout ? 0 : 1;
}
