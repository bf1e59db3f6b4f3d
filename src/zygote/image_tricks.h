// The techniques by which a whole warm-up arranges the zygote's memory for cheap clones, each as a
// switch. All are on in service; bench/cell_cost turns one off to see what it gives
// (--image-without). docs/decisions/cell-cost.md has the figures.
#pragma once

#include <array>
#include <string_view>

namespace forkjail::zygote {

struct ImageTricks {
  bool huge_pages = true;
  bool pinned_blocks = true;
  bool learned_pages = true;
  bool idle_pages = true;
  bool merged_libraries = true;
  bool library_huge_pages = true;
  bool immortal_objects = true;
  bool seeds_in_place = true;
  bool rehearsals = true;
  bool package_caches = true;
  bool fork_hooks = true;
};

struct TrickRow {
  std::string_view name;
  bool ImageTricks::* on;
};

inline constexpr std::array kImageTricks{
    TrickRow{"huge-pages", &ImageTricks::huge_pages},
    TrickRow{"pinned-blocks", &ImageTricks::pinned_blocks},
    TrickRow{"learned-pages", &ImageTricks::learned_pages},
    TrickRow{"idle-pages", &ImageTricks::idle_pages},
    TrickRow{"merged-libraries", &ImageTricks::merged_libraries},
    TrickRow{"library-huge-pages", &ImageTricks::library_huge_pages},
    TrickRow{"immortal-objects", &ImageTricks::immortal_objects},
    TrickRow{"seeds-in-place", &ImageTricks::seeds_in_place},
    TrickRow{"rehearsals", &ImageTricks::rehearsals},
    TrickRow{"package-caches", &ImageTricks::package_caches},
    TrickRow{"fork-hooks", &ImageTricks::fork_hooks},
};

}  // namespace forkjail::zygote
