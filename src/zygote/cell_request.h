// A request, the only one of most cells, as the server wrote it to the request pipe
// (protocol/run_frames.h).
#pragma once

#include <string_view>
#include <vector>

#include "protocol/run_frames.h"
#include "zygote/stdin_file.h"

namespace forkjail::zygote {

enum class RequestPipe : bool { closed, stays_open };

class CellRequest {
 public:
  // Waits for it and closes the pipe, unless more come through it. At end of file, which means that
  // this cell is not needed, the process exits with status 0; a malformed request ends it with
  // status 1.
  [[nodiscard]] static CellRequest receive(RequestPipe pipe = RequestPipe::closed);

  [[nodiscard]] const protocol::RunRequestHeader& header() const { return header_; }
  // Valid while the request lives and, of the files, until drop_files(). Empty of standard input,
  // which is in a file by now.
  [[nodiscard]] std::string_view part(protocol::RunPart part) const;
  // Gives their memory back. They are the last part, so the others stay.
  void drop_files();
  [[nodiscard]] StdinFile& stdin_file() { return stdin_file_; }

 private:
  [[nodiscard]] std::size_t offset_of(protocol::RunPart part) const;

  protocol::RunRequestHeader header_;
  std::vector<std::byte> block_;  // all parts but standard input
  StdinFile stdin_file_;
};

}  // namespace forkjail::zygote
