// What the supervisor looks at by the clock: the memory and the files of cells where the kernel
// does not bound them for it, and whether zygotes still answer.
//
// Supervisor, in its loop. Each look is bounded.
#pragma once

#include <chrono>

#include "supervisor/answer_watch.h"
#include "supervisor/cell_finisher.h"
#include "supervisor/cell_starter.h"
#include "supervisor/cell_table.h"
#include "supervisor/clock.h"
#include "supervisor/fleet.h"
#include "supervisor/memory_watch.h"
#include "supervisor/scratch_watch.h"

namespace forkjail::supervisor {

class Watches {
 public:
  static constexpr std::chrono::milliseconds kPause{1'000};
  static constexpr std::chrono::milliseconds kShortPause{50};  // while a look is urgent

  // Which looks the kernel does not make needless.
  struct Duties {
    bool memory = false;   // no cgroup bounds a cell's memory
    bool scratch = false;  // no tmpfs bounds its files
  };

  Watches(const Duties& duties, CellTable& cells, Fleet& fleet, CellStarter& starter,
          CellFinisher& finisher, const MemoryWatch& memory_watch, AttendedClock& attended, Now now)
      : duties_(duties),
        cells_(cells),
        fleet_(fleet),
        starter_(starter),
        finisher_(finisher),
        memory_watch_(memory_watch),
        attended_(attended),
        now_(std::move(now)) {}

  // Kills each cell that has grown beyond its memory limit.
  void look_at_memory();
  // Kills the cell that is found to have more files than it may.
  void look_at_scratch();
  // Replaces each zygote that does not answer (answer_watch.h), and finds its dead cells for it.
  void look_at_answers();
  // How long the loop may sleep until one of the three has to look again.
  [[nodiscard]] std::chrono::milliseconds time_to_next_look() const;

 private:
  [[nodiscard]] bool one_is_silent() const;
  [[nodiscard]] bool does_not_answer(const ZygoteProcess& zygote);
  void replace(ZygoteProcess& zygote);
  void find_dead_cells(ZygoteProcess& zygote);

  Duties duties_;
  CellTable& cells_;
  Fleet& fleet_;
  CellStarter& starter_;
  CellFinisher& finisher_;
  const MemoryWatch& memory_watch_;
  AttendedClock& attended_;
  Now now_;
  ScratchWatch scratch_watch_;
  Clock::duration next_answer_look_{};
};

}  // namespace forkjail::supervisor
