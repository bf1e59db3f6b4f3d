#include "supervisor/scratch_watch.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>

namespace forkjail::supervisor {
namespace {

using protocol::ScratchExcess;

// What a visit to a cell that has no file costs, in files looked at.
constexpr std::size_t kVisitCost = 16;

const ScratchWatch::Subject* find(const std::vector<ScratchWatch::Subject>& subjects,
                                  protocol::CellId id) {
  const auto found = std::ranges::lower_bound(subjects, id, {}, &ScratchWatch::Subject::id);
  return found == subjects.end() || found->id != id ? nullptr : &*found;
}

}  // namespace

std::optional<ScratchWatch::Verdict> ScratchWatch::turn(const std::vector<Subject>& subjects) {
  next_turn_ = {};  // at once, unless a look or the round ends
  if (look_) return go_on_looking(subjects);
  if (round_.empty()) begin_round(subjects);
  for (std::size_t spent = 0; spent < kEntriesPerTurn && !round_.empty() && !look_;
       spent += kVisitCost) {
    const Subject* subject = find(subjects, round_.front());
    round_.pop_front();
    if (subject == nullptr) continue;
    if (auto verdict = visit(*subject)) return verdict;
  }
  if (round_.empty() && !look_) next_turn_ = Clock::now() + kPause;
  return std::nullopt;
}

// A cell is visited from its second round on: when it has just been cloned nothing ran in it yet.
void ScratchWatch::begin_round(const std::vector<Subject>& subjects) {
  std::erase_if(known_, [&](const auto& entry) { return find(subjects, entry.first) == nullptr; });
  for (const Subject& subject : subjects) {
    const bool is_new = known_.try_emplace(subject.id).second;
    if (!is_new && !known_[subject.id].judged) round_.push_back(subject.id);
  }
}

std::optional<ScratchWatch::Verdict> ScratchWatch::visit(const Subject& subject) {
  if (is_quiet(subject)) {
    ScratchUsage usage;
    add_deleted_files(subject.process->pid(), usage);
    return judge(subject, usage);
  }
  // The look itself begins with the next turn: by then the cell has stopped.
  subject.process->stop();
  look_.emplace(Look{subject.id, ScratchLook(subject.directory, subject.process->pid())});
  return std::nullopt;
}

bool ScratchWatch::is_quiet(const Subject& subject) {
  Known& known = known_[subject.id];
  if (known.empty_since && stamp_of_scratch(subject.directory) == known.empty_since) return true;
  known.empty_since = stamp_of_empty_scratch(subject.directory);
  return known.empty_since.has_value();
}

std::optional<ScratchWatch::Verdict> ScratchWatch::go_on_looking(
    const std::vector<Subject>& subjects) {
  const Subject* subject = find(subjects, look_->cell);
  if (subject == nullptr) {
    look_.reset();
    return std::nullopt;
  }
  const auto began = Clock::now();
  const bool done = look_->look.go_on(kEntriesPerTurn);
  const auto now = Clock::now();
  look_->time += now - began;
  if (!done) return std::nullopt;
  const auto verdict = judge(*subject, look_->look.usage());
  if (!verdict) subject->process->go_on();
  next_turn_ = now + std::max<Clock::duration>(kLookPause * look_->time,
                                               round_.empty() ? kPause : Clock::duration{});
  look_.reset();
  return verdict;
}

std::optional<ScratchWatch::Verdict> ScratchWatch::judge(const Subject& subject,
                                                         const ScratchUsage& usage) {
  if (usage.unseen_errno != 0 && !unseen_was_said_) {
    unseen_was_said_ = true;
    spdlog::error("cannot read a directory of a run; its files are not counted: {}",
                  std::strerror(usage.unseen_errno));
  }
  if (usage.excess() == ScratchExcess::none) return std::nullopt;
  known_[subject.id].judged = true;
  return Verdict{subject.id, usage.excess()};
}

}  // namespace forkjail::supervisor
