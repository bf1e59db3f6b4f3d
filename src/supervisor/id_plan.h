// Which user and group ids the service takes: one for the server and a range for the cells. On a
// host any will do, but in a user namespace (rootless engines, userns-remap, `hostUsers: false`)
// only the ids that its maps name are there, often 0 to 65535. What the operator did not name is
// then chosen inside; what was named and is not there is an error at the start, and so are too few.
//
// Both processes plan from the same flags and maps, and so come to the same. Pure but for
// own_ids(). As an ordinary user nothing is planned: all runs share that user's id.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forkjail::supervisor {

// Of the first cell in its jail: not the zygote's, which is 0, nor a usual system id.
inline constexpr uid_t kFirstCellUid = 1'000;

struct IdRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  [[nodiscard]] std::uint64_t end() const { return first + count; }
  friend bool operator==(const IdRange&, const IdRange&) = default;
};

// What the flags say.
struct IdWish {
  uid_t server = 64'999;
  uid_t cells_first = 100'000;
  bool server_given = false;  // else another may be taken in its place
  bool cells_given = false;
  std::uint32_t cells_max = 16;
};

struct IdPlan {
  uid_t server = 0;
  IdRange cells;  // the zygote has the first, a cell of slot n first + kFirstCellUid + n
};

// /proc/self/uid_map or gid_map: the ids as this namespace sees them.
[[nodiscard]] std::vector<IdRange> parse_id_map(std::string_view text);
// Those that are in both, each range within one line of either: a map of a namespace below must lie
// within one line of ours.
[[nodiscard]] std::vector<IdRange> common_ids(const std::vector<IdRange>& users,
                                              const std::vector<IdRange>& groups);
// The user and group ids of this process's namespace; all of them where there is no /proc.
[[nodiscard]] std::vector<IdRange> own_ids();

[[nodiscard]] Result<IdPlan> plan_ids(const IdWish& wish, const std::vector<IdRange>& ids);

}  // namespace forkjail::supervisor
