// The text streams of a run: sys.stdin, sys.stdout and sys.stderr (runtime/streams.py). Zygote for
// the first run of a process; cell for any other.
//
// Each run has its own: stdin may hold bytes of the last run's input, and a script may have changed
// or replaced them. Where it has not, those of the next run are put in their place as soon as the
// last one is over, while nobody waits; otherwise in the next run's time, since dropping what the
// script left can run its code.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "base/result.h"
#include "zygote/python_ref.h"
#include "zygote/runtime_modules.h"

namespace forkjail::zygote {

class TextStreams {
 public:
  // Zygote, once Python has started and before the modules are loaded.
  Status begin();
  Status find_functions(const RuntimeModules& modules);

  // Creates them over descriptors 0, 1 and 2 as they are now. False: an exception is set.
  [[nodiscard]] bool attach();

  // At the start of a run that is not the first of its process.
  void begin_next_run();
  // Between two runs, with pipes on the descriptors: begin_next_run() has less to do then. Does
  // nothing if another Python thread could run meanwhile. Creating streams calls Python's codecs,
  // which a script can replace: what it puts there runs here, as little trusted as its threads.
  void prepare_next_run() noexcept;

  void forget();  // zygote: keeps none alive

 private:
  static constexpr std::size_t kStreams = 3;
  // Of a stream, its buffer and its raw file.
  struct References {
    std::array<Py_ssize_t, 3> counts{};
    bool operator==(const References&) const = default;
  };
  using AllReferences = std::array<References, kStreams>;

  [[nodiscard]] PythonRef create() const;
  [[nodiscard]] bool install(PythonRef streams);
  [[nodiscard]] bool are_untouched() const;
  [[nodiscard]] static std::optional<References> references_of(PyObject* stream);
  [[nodiscard]] std::optional<AllReferences> references() const;

  PythonRef create_, install_, output_buffer_type_;
  PythonRef current_;  // as they were put into sys
  std::optional<AllReferences> as_installed_;
  PythonRef next_;                  // created ahead, but not in sys yet
  bool is_next_installed_ = false;  // already
};

}  // namespace forkjail::zygote
