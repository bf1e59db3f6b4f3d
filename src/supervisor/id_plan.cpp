#include "supervisor/id_plan.h"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "base/io.h"

namespace forkjail::supervisor {
namespace {

constexpr std::uint64_t kAllIds = 4'294'967'295;  // the last number is not an id
constexpr std::uint64_t kCellIdsMax = 65'536;
// Where a range is chosen: enough for the most cells that the flags allow.
constexpr std::uint64_t kChosenCellIds = 16'384;
constexpr std::uint64_t kSpareCellIds = 64;  // beyond cells_max: proofs, and what is being cleared
constexpr std::uint64_t kSystemIds = 1'000;
constexpr std::array<std::uint64_t, 2> kNobodyIds{65'534, 65'535};

const IdRange* range_with(const std::vector<IdRange>& ids, std::uint64_t id) {
  const auto found = std::ranges::find_if(
      ids, [id](const IdRange& range) { return range.first <= id && id < range.end(); });
  return found == ids.end() ? nullptr : &*found;
}

std::vector<IdRange> without(const std::vector<IdRange>& ids, const IdRange& taken) {
  std::vector<IdRange> left;
  for (const IdRange& range : ids) {
    const std::uint64_t below = std::min(range.end(), taken.first);
    const std::uint64_t above = std::max(range.first, taken.end());
    if (below > range.first) left.push_back({range.first, below - range.first});
    if (above < range.end()) left.push_back({above, range.end() - above});
  }
  return left;
}

// What may be chosen: ids that nothing else should use.
std::vector<IdRange> free_ids(const std::vector<IdRange>& ids) {
  auto left = without(ids, {0, kSystemIds});
  for (const std::uint64_t nobody : kNobodyIds) left = without(left, {nobody, 1});
  return left;
}

std::string text_of(const std::vector<IdRange>& ids) {
  std::string text;
  for (const IdRange& range : ids) {
    text += text.empty() ? "" : ", ";
    text += std::to_string(range.first);
    if (range.count > 1) text += " to " + std::to_string(range.end() - 1);
  }
  return text.empty() ? "none" : text;
}

Error not_here(const std::string& what, const std::vector<IdRange>& ids) {
  return Error{what, 0,
               "not all of these ids are in this user namespace, which has " + text_of(ids) +
                   "; leave the flag out, or choose ids inside it"};
}

Result<uid_t> plan_server(const IdWish& wish, const std::vector<IdRange>& ids) {
  if (range_with(ids, wish.server) != nullptr) return wish.server;
  if (wish.server_given) return not_here("--server-uid " + std::to_string(wish.server), ids);
  const auto free = free_ids(ids);
  const auto largest = std::ranges::max_element(free, {}, &IdRange::count);
  if (largest == free.end()) {
    return Error{"user namespace", 0,
                 "it has the ids " + text_of(ids) + ": none is left for the server"};
  }
  return static_cast<uid_t>(largest->end() - 1);
}

// From `first` on, up to the end of its range or to the server's own id.
std::optional<IdRange> cells_from(std::uint64_t first, std::uint64_t needed,
                                  const std::vector<IdRange>& ids) {
  const IdRange* const range = range_with(ids, first);
  if (range == nullptr) return std::nullopt;
  const IdRange cells{first, std::min(range->end() - first, kCellIdsMax)};
  return cells.count < needed ? std::nullopt : std::optional(cells);
}

Result<IdRange> plan_cells(const IdWish& wish, const std::vector<IdRange>& ids) {
  const std::uint64_t needed = kFirstCellUid + wish.cells_max + kSpareCellIds;
  if (const auto cells = cells_from(wish.cells_first, needed, ids)) return *cells;
  if (wish.cells_given) {
    const std::string last = std::to_string(wish.cells_first + needed - 1);
    return not_here(
        "--cell-uid-first " + std::to_string(wish.cells_first) + " (up to " + last + ")", ids);
  }
  const auto free = free_ids(ids);
  const auto largest = std::ranges::max_element(free, {}, &IdRange::count);
  if (largest == free.end() || largest->count < needed) {
    return Error{"user namespace", 0,
                 "it has too few ids: the cells need " + std::to_string(needed) +
                     " in a row, and free are " + text_of(free)};
  }
  const std::uint64_t count = std::min(largest->count, std::max(kChosenCellIds, needed));
  return IdRange{largest->end() - count, count};
}

}  // namespace

std::vector<IdRange> parse_id_map(std::string_view text) {
  std::vector<IdRange> ids;
  std::istringstream lines{std::string(text)};
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
  std::uint64_t count = 0;
  while (lines >> inside >> outside >> count) {
    if (count > 0 && inside < kAllIds) ids.push_back({inside, std::min(count, kAllIds - inside)});
  }
  return ids;
}

std::vector<IdRange> common_ids(const std::vector<IdRange>& users,
                                const std::vector<IdRange>& groups) {
  std::vector<IdRange> common;
  for (const IdRange& user : users) {
    for (const IdRange& group : groups) {
      const std::uint64_t first = std::max(user.first, group.first);
      const std::uint64_t end = std::min(user.end(), group.end());
      if (first < end) common.push_back({first, end - first});
    }
  }
  return common;
}

std::vector<IdRange> own_ids() {
  const auto users = read_file("/proc/self/uid_map");
  const auto groups = read_file("/proc/self/gid_map");
  if (!users || !groups) return {{0, kAllIds}};
  auto ids = common_ids(parse_id_map(*users), parse_id_map(*groups));
  return ids.empty() ? std::vector<IdRange>{{0, kAllIds}} : ids;
}

Result<IdPlan> plan_ids(const IdWish& wish, const std::vector<IdRange>& ids) {
  const auto server = plan_server(wish, ids);
  if (!server) return server.error();
  const auto cells = plan_cells(wish, without(ids, {*server, 1}));
  if (!cells) return cells.error();
  return IdPlan{*server, *cells};
}

}  // namespace forkjail::supervisor
