#include "supervisor/prover.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>
#include <span>

#include "protocol/run_frames.h"
#include "protocol/wire.h"
#include "supervisor/canaries.h"
#include "supervisor/proof_pipes.h"

namespace forkjail::supervisor {
namespace {

using protocol::FrameType;

Error setup_failure(const Frame& frame) {
  auto failure =
      protocol::from_wire<protocol::SetupFailure>(std::as_bytes(std::span(frame.payload)));
  if (!failure) return Error{"enter the jail", EPROTO, "a malformed report"};
  failure->step.back() = '\0';
  return Error{std::string("enter the jail: ") + failure->step.data(), failure->sys_errno, {}};
}

}  // namespace

void Prover::on_ready(ZygoteProcess& zygote, pid_t pid, protocol::ZygoteReport packages) {
  if (zygote.state != ZygoteState::starting) {
    return fleet_.on_failed(zygote, Error{"zygote", EPROTO, "it reported ready twice"});
  }
  if (auto status = zygote.on_ready(pid, std::move(packages)); !status) {
    return fleet_.on_failed(zygote, status.error());
  }
  zygote.state = ZygoteState::proving;
  if (auto status = starter_.send_order(zygote, zygote.flavour(), CellUse::proof); !status) {
    fleet_.on_failed(zygote, status.error());
  }
}

Cell* Prover::cell_of(const ZygoteProcess& zygote) const {
  if (zygote.state != ZygoteState::proving) return nullptr;
  for (Cell* cell : cells_.cells_of(zygote)) {
    if (cell->proof && cell->process.exists()) return cell;
  }
  return nullptr;
}

// Reads all that is there before the loop reads from its zygote: a cell exits right after its last
// frame, and its exit must not be taken for a failed proof.
void Prover::on_readable(Cell& cell) {
  FrameReader& reply = cell.proof->reply;
  auto frame = reply.next(cell.reply.read_end.get());
  while (frame && *frame && (*frame)->type == FrameType::refused_syscalls) {
    frame = reply.next(cell.reply.read_end.get());
  }
  if (!frame) return on_reply_ended(cell, frame.error());
  if (!*frame) return;  // more is to come
  if (cell.proof->sent_at) {
    on_verdict(cell, **frame);
  } else {
    on_parked(cell, **frame);
  }
}

void Prover::on_reply_ended(const Cell& cell, const Error& error) {
  const Error why = cell.proof->sent_at
                        ? Error{"run the canaries", error.sys_errno, "they gave no answer"}
                        : Error{"prove the isolation", error.sys_errno, "the first cell died"};
  fleet_.on_failed(*cell.zygote, why);
}

void Prover::on_parked(Cell& cell, const Frame& frame) {
  if (frame.type != FrameType::parked) {
    return fleet_.on_failed(*cell.zygote, setup_failure(frame));
  }
  auto layers = inspect_(cell);
  if (!layers) {
    cell.process.kill();
    return fleet_.on_failed(*cell.zygote, layers.error());
  }
  cell.proof->layers = *std::move(layers);
  cell.proof->unsent = canary_request(cell.proof->layers, options_.memory_bytes_max);
  cell.proof->sent_at = now_();
  on_writable(cell);
}

// The request fits an empty pipe, unless the kernel gave a small one (pipe(7),
// pipe-user-pages-soft): then it is sent in parts.
void Prover::on_writable(Cell& cell) {
  const auto status = write_some(cell.request.write_end.get(), cell.proof->unsent);
  if (!status) {
    cell.request = {};
    cell.proof->unsent.clear();
    return fleet_.on_failed(*cell.zygote, status.error());
  }
  if (cell.proof->unsent.empty()) cell.request = {};
}

void Prover::on_verdict(Cell& cell, const Frame& frame) {
  ZygoteProcess& zygote = *cell.zygote;
  cell.process.kill();
  if (!cell.proof->unsent.empty()) {
    return fleet_.on_failed(zygote,
                            Error{"run the canaries", EPROTO, "an answer before the request"});
  }
  const auto held = canary_verdict(frame);
  if (!held) {
    spdlog::critical("refusing to run scripts: {}", held.error().to_string());
    return fleet_.on_failed(zygote, held.error());
  }
  if (options_.never_serves) {
    return fleet_.on_failed(zygote,
                            Error{"--skip-step", 0, "is for tests only; no canary noticed it"});
  }
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(
      now_() - cell.proof->sent_at.value_or(now_()));
  spdlog::info("every canary attack was held off, in {} us", time.count());
  std::vector<protocol::Layer> layers = std::move(cell.proof->layers);
  if (!options_.cgroups_missing.empty()) {
    layers.push_back(
        {"memory and pids cgroup", protocol::LayerState::off, options_.cgroups_missing});
  }
  zygote.on_proven(options_.level, std::move(layers));
  fleet_.on_proven(zygote);
}

}  // namespace forkjail::supervisor
