#include "zygote/session_process.h"

#include <map>
#include <vector>

#include "protocol/run_frames.h"
#include "zygote/file_walk.h"
#include "zygote/session_run.h"
#include "zygote/switch_interval.h"

namespace forkjail::zygote {
namespace {

// What lay in the working directory before a run.
class FilesBefore {
 public:
  explicit FilesBefore(const std::string& directory) {
    std::vector<FoundEntry> found;
    walk(directory, found);
    for (FoundEntry& entry : found) stamps_[std::move(entry.path)] = entry.stamp;
  }

  [[nodiscard]] bool know(const FoundEntry& entry) const {
    const auto found = stamps_.find(entry.path);
    return found != stamps_.end() && found->second == entry.stamp;
  }

 private:
  std::map<std::string, FileStamp> stamps_;
};

void serve_one(SessionRuns& runs, const std::string& directory, SwitchInterval& interval) {
  interval.lengthen();
  CellRequest request = CellRequest::receive(RequestPipe::stays_open);
  interval.restore();
  if ((request.header().wants & protocol::kWantsFiles) == 0) {
    return runs.serve(request, {});
  }
  const FilesBefore before(directory);
  runs.serve(request, [&before](int, const FoundEntry& entry) { return before.know(entry); });
}

}  // namespace

// Waits with the GIL held: threads that a script has left rest between two runs.
void session_process(PythonHost& host, const std::string& directory) {
  SessionRuns runs(host, directory);
  SwitchInterval interval;
  for (;;) {
    serve_one(runs, directory, interval);
    runs.prepare_next();
  }
}

}  // namespace forkjail::zygote
