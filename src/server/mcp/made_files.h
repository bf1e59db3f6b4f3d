// The files that a run made, for a model: all are named with their sizes; small texts are shown;
// of a session each can be read later by its address; without one pictures are shown, for they are
// gone afterwards. Names and contents are the script's: capped, never trusted. Pure.
#pragma once

#include <string_view>

#include "server/mcp/tool_result.h"
#include "server/run/run_report.h"

namespace forkjail::server::mcp {

// `session`: its id; empty: none.
void add_made_files(ToolResult& result, const RunFiles& files, std::string_view session,
                    bool with_pictures);

}  // namespace forkjail::server::mcp
