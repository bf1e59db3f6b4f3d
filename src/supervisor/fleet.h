// Which zygotes there are. Starts those that are missing or have to be replaced, retires those that
// were replaced, ends those that failed, and pauses after a failure before the next try.
//
// Supervisor, in its loop. Owns the zygotes; what becomes of their cells is for cell_finisher.h.
// Knows nothing of how a zygote is started or proved.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "base/result.h"
#include "protocol/flavour.h"
#include "supervisor/cell_table.h"
#include "supervisor/clock.h"
#include "supervisor/next_zygote.h"
#include "supervisor/server_channel.h"
#include "supervisor/zygote_process.h"

namespace forkjail::supervisor {

class Fleet {
 public:
  static constexpr std::chrono::seconds kStartTimeMax{60};  // a cold import on a slow machine
  static constexpr std::chrono::milliseconds kFirstRetryPause{200};
  static constexpr std::chrono::milliseconds kLastRetryPause{5'000};

  using Start = std::function<Result<std::unique_ptr<ZygoteProcess>>(const NextZygote&)>;
  using Zygotes = std::list<std::unique_ptr<ZygoteProcess>>;
  struct Options {
    bool offers_full = true;       // else all cells are light
    bool offers_sessions = false;  // cells that outlive their runs
    bool offers_owners = false;    // zygotes that clone for one key alone, when they are asked for
    std::uint64_t runs_max = 0;    // of a zygote; then it is replaced
    std::chrono::minutes age_max{};  // likewise
  };

  Fleet(const Options& options, Start start, CellTable& cells, ServerChannel& server, Now now)
      : options_(options),
        start_(std::move(start)),
        cells_(cells),
        server_(server),
        now_(std::move(now)) {}

  // Ends what takes too long to start, and starts what is missing or has served long enough.
  void keep();

  // One owner's zygote is needed, or not any more: then it ends, and takes its cells along. Of a
  // flavour that is everybody's, or has no zygote: does nothing. Whose it is, the server knows, and
  // the number of such flavours bounds what it can ask for.
  void offer(protocol::Flavour flavour);
  void withdraw(protocol::Flavour flavour);

  // The zygote that serves this flavour; null if there is none.
  [[nodiscard]] ZygoteProcess* serving(protocol::Flavour flavour) const;
  // The zygote that clones cells of this flavour; null if there is none. Those of sessions come
  // from the full one, or from the light one where nothing is preloaded.
  [[nodiscard]] ZygoteProcess* cloning(protocol::Flavour flavour) const;
  // The one whose child of ours has this number; null if there is none.
  [[nodiscard]] ZygoteProcess* find_child(pid_t pid) const;
  [[nodiscard]] const Zygotes& all() const { return zygotes_; }

  // Its proof held, and its report is complete: from now on it serves its flavour.
  void on_proven(ZygoteProcess& zygote);
  // Ends it, and tells the server why. Again for one that has ended: does nothing.
  void on_failed(ZygoteProcess& zygote, const Error& error);
  // It reported that it cannot go on; `text` names the errno already.
  void on_reported_failure(ZygoteProcess& zygote, int sys_errno, const std::string& text);
  // It does not answer. Its cells are not lost with it: the server holds their pipes, and the
  // supervisor can kill each by itself. So it is retired, and goes with its last cell.
  void on_silent(ZygoteProcess& zygote);
  // One of its cells is gone, or given up: a retired zygote goes with its last cell.
  void end_if_done(ZygoteProcess& zygote);
  // Forgets those that were reaped and have no cells any more.
  void remove_finished();
  // Kills and reaps all.
  void end_all();

  // No zygote has served, and none ever can: the server was told, and the supervisor has to end.
  [[nodiscard]] bool can_never_serve() const { return can_never_serve_; }

 private:
  // Whose zygotes clone cells of this flavour.
  [[nodiscard]] protocol::Flavour source_of(protocol::Flavour flavour) const {
    if (flavour == protocol::Flavour::session && !options_.offers_full) {
      return protocol::Flavour::light;
    }
    return row_of(flavour).zygote;
  }
  struct Retry {
    Clock::time_point next_start;
    std::chrono::milliseconds pause{};
    bool has_served = false;  // a zygote of this flavour was ready once
  };

  [[nodiscard]] bool is_offered(const protocol::FlavourRow& row) const;
  [[nodiscard]] protocol::PerFlavour<FlavourState> flavour_states() const;
  [[nodiscard]] bool one_is_coming(protocol::Flavour flavour) const;
  [[nodiscard]] bool is_worn_out(const ZygoteProcess& zygote) const;
  void start(const NextZygote& next);
  void on_start_failed(protocol::Flavour flavour, const Error& error, bool may_pass);
  void send_failed(protocol::Flavour flavour, const Error& error, bool at_its_proof);

  Options options_;
  Start start_;
  CellTable& cells_;
  ServerChannel& server_;
  Now now_;
  Zygotes zygotes_;
  protocol::PerFlavour<bool> offered_;  // of one owner each
  protocol::PerFlavour<Retry> retries_;
  bool can_never_serve_ = false;
};

}  // namespace forkjail::supervisor
