#include "supervisor/memory_watch.h"

#include "base/limits.h"

namespace forkjail::supervisor {

void MemoryWatch::begin(Cell& cell) const {
  if (cell.process.pid() <= 0) return;
  if (const auto now = look_(cell.process.pid())) cell.resident_bytes_first = *now;
}

bool MemoryWatch::is_over(Cell& cell) const {
  if (cell.process.pid() <= 0) return false;
  if (cell.resident_bytes_first == 0) {
    begin(cell);  // no descriptor was left for the first look, say
    return false;
  }
  const auto now = look_(cell.process.pid());
  return now && *now > cell.resident_bytes_first + cell.memory_bytes_max + kCellMemorySlackBytes;
}

std::uint64_t MemoryWatch::own_peak(const Cell& cell, std::uint64_t resident_peak_bytes) {
  if (cell.resident_bytes_first == 0 || resident_peak_bytes < cell.resident_bytes_first) return 0;
  return resident_peak_bytes - cell.resident_bytes_first;
}

}  // namespace forkjail::supervisor
