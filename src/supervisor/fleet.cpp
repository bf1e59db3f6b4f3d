#include "supervisor/fleet.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "base/exhaustion.h"
#include "base/one_line.h"
#include "protocol/zygote_report.h"

namespace forkjail::supervisor {
namespace {

using protocol::Flavour;
using protocol::SupervisorVerb;

bool is_coming(const ZygoteProcess& zygote) {
  return zygote.state == ZygoteState::starting || zygote.state == ZygoteState::proving;
}

}  // namespace

ZygoteProcess* Fleet::serving(Flavour flavour) const {
  for (const auto& zygote : zygotes_) {
    if (zygote->flavour() == flavour && zygote->state == ZygoteState::ready) return zygote.get();
  }
  return nullptr;
}

ZygoteProcess* Fleet::cloning(Flavour flavour) const {
  if (protocol::is_session(flavour) && !options_.offers_sessions) return nullptr;
  return serving(source_of(flavour));
}

void Fleet::offer(Flavour flavour) {
  const protocol::FlavourRow& row = row_of(flavour);
  const bool is_one_owners = row.owner != protocol::kEverybody && row.has_zygote();
  if (options_.offers_owners && is_one_owners) offered_[flavour] = true;
}

// The pause bounds how many a server could have started that changes its mind all the time.
void Fleet::withdraw(Flavour flavour) {
  if (!std::exchange(offered_[flavour], false)) return;
  for (auto& zygote : zygotes_) {
    if (zygote->flavour() == flavour && zygote->state != ZygoteState::ended) zygote->end();
  }
  retries_[flavour] = {.next_start = now_() + kFirstRetryPause};
}

ZygoteProcess* Fleet::find_child(pid_t pid) const {
  const auto found = std::ranges::find(zygotes_, pid, [](auto& z) { return z->child_pid(); });
  return found == zygotes_.end() ? nullptr : found->get();
}

bool Fleet::one_is_coming(Flavour flavour) const {
  return std::ranges::any_of(zygotes_, [flavour](const auto& zygote) {
    return zygote->flavour() == flavour && is_coming(*zygote);
  });
}

bool Fleet::is_worn_out(const ZygoteProcess& zygote) const {
  return zygote.runs() >= options_.runs_max || now_() - zygote.started_at() >= options_.age_max;
}

bool Fleet::is_offered(const protocol::FlavourRow& row) const {
  if (row.owner != protocol::kEverybody) return offered_[row.flavour];
  return row.flavour == Flavour::light || (row.flavour == Flavour::full && options_.offers_full);
}

protocol::PerFlavour<FlavourState> Fleet::flavour_states() const {
  protocol::PerFlavour<FlavourState> states;
  for (const protocol::FlavourRow& row : protocol::kFlavours) {
    if (!is_offered(row)) continue;
    const Flavour flavour = row.flavour;
    FlavourState& state = states[flavour];
    state.offered = true;
    state.paused = now_() < retries_[flavour].next_start;
    state.coming = one_is_coming(flavour);
    if (const ZygoteProcess* zygote = serving(flavour)) {
      state.serving = zygote->warm_up();
      state.worn_out = is_worn_out(*zygote);
    }
  }
  return states;
}

void Fleet::keep() {
  for (auto& zygote : zygotes_) {
    if (is_coming(*zygote) && now_() - zygote->started_at() > kStartTimeMax) {
      on_failed(*zygote, Error{"start the zygote", ETIMEDOUT, {}});
    }
  }
  while (const auto next = next_zygote(flavour_states())) start(*next);
}

void Fleet::start(const NextZygote& next) {
  auto started = start_(next);
  if (!started) {
    const Error& error = started.error();
    return on_start_failed(next.flavour, error, is_exhaustion(error.sys_errno));
  }
  zygotes_.push_back(*std::move(started));
}

// Once a flavour has served, a start that fails is tried again for any reason. Before that, a
// failure that would repeat ends the service: better that its operator sees it at once than that
// its clients see it for ever. But not for one owner's, which may be offered at any time.
void Fleet::on_start_failed(Flavour flavour, const Error& error, bool may_pass) {
  const bool is_for_all = protocol::owner_of(flavour) == protocol::kEverybody;
  if (retries_[flavour].has_served || may_pass || !is_for_all) {
    return send_failed(flavour, error, false);
  }
  server_.send({.verb = SupervisorVerb::cannot_serve, .flavour = flavour}, error.to_string());
  retries_[flavour].next_start = Clock::time_point::max();
  can_never_serve_ = true;
}

// Where another zygote serves the flavour, that one continues; but not when the layers could not be
// proved: what failed in this one may have failed in the other as well.
void Fleet::send_failed(Flavour flavour, const Error& error, bool at_its_proof) {
  auto& [next_start, pause, has_served] = retries_[flavour];
  pause = std::min(std::max(pause * 2, kFirstRetryPause), kLastRetryPause);
  next_start = now_() + pause;
  spdlog::error("{} zygote: {}; next attempt in {} ms", name_of(flavour), error.to_string(),
                pause.count());
  const bool other_serves = !at_its_proof && serving(flavour) != nullptr;
  server_.send(
      {.verb = other_serves ? SupervisorVerb::spare_zygote_failed : SupervisorVerb::zygote_failed,
       .sys_errno = error.sys_errno,
       .flavour = flavour},
      error.to_string());
}

void Fleet::on_failed(ZygoteProcess& zygote, const Error& error) {
  if (zygote.state == ZygoteState::ended) return;
  const bool at_its_proof = zygote.state == ZygoteState::proving;
  zygote.end();
  send_failed(zygote.flavour(), error, at_its_proof);
}

void Fleet::on_reported_failure(ZygoteProcess& zygote, int sys_errno, const std::string& text) {
  const Error error{one_line(text), 0, {}};
  if (zygote.state != ZygoteState::starting) return on_failed(zygote, error);
  zygote.log().read();  // what led to the failure is logged before it
  zygote.end();
  on_start_failed(zygote.flavour(), error, is_exhaustion(sys_errno));
}

void Fleet::on_proven(ZygoteProcess& zygote) {
  for (auto& old : zygotes_) {
    if (old->flavour() != zygote.flavour() || old->state != ZygoteState::ready) continue;
    old->state = ZygoteState::retired;
    end_if_done(*old);
  }
  zygote.state = ZygoteState::ready;
  retries_[zygote.flavour()].pause = {};
  retries_[zygote.flavour()].has_served = true;
  const std::string report = protocol::encode(zygote.report());
  server_.send({.verb = SupervisorVerb::zygote_ready, .flavour = zygote.flavour()}, report);
  if (!options_.offers_sessions) return;
  for (const protocol::FlavourRow& row : protocol::kFlavours) {
    if (row.has_zygote() || source_of(row.flavour) != zygote.flavour()) continue;
    server_.send({.verb = SupervisorVerb::zygote_ready, .flavour = row.flavour}, report);
  }
}

void Fleet::on_silent(ZygoteProcess& zygote) {
  zygote.silent = true;
  zygote.state = ZygoteState::retired;
  send_failed(zygote.flavour(), Error{"the zygote does not answer", 0, "it is replaced"}, false);
}

// A given-up cell that it was ordered to make and did not make yet does not count.
void Fleet::end_if_done(ZygoteProcess& zygote) {
  if (zygote.state != ZygoteState::retired) return;
  const auto cells = cells_.cells_of(zygote);
  if (std::ranges::all_of(cells, &Cell::is_only_a_slot)) zygote.end();
}

void Fleet::remove_finished() {
  std::erase_if(zygotes_, [this](const auto& zygote) {
    return zygote->is_reaped() && cells_.cells_of(*zygote).empty();
  });
}

void Fleet::end_all() {
  for (auto& zygote : zygotes_) zygote->end();
  zygotes_.clear();
}

}  // namespace forkjail::supervisor
