// The canary attacks of a zygote's first cell: supervisor/canaries.py, compiled in. The proof
// (proof.h) looks at that cell from outside; then the cell runs this trusted script like any
// other, which tests the layers from inside. Only after both does a zygote serve.
//
// The script ran before anything untrusted did, in a cell that nothing untrusted was near; still
// its reply is not parsed: it is compared with the one text that means that every layer held, and
// any other text is an error that is shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "protocol/zygote_report.h"
#include "supervisor/proof_pipes.h"

namespace forkjail::supervisor {

// The script's text, of the generated canaries_text.cpp.
[[nodiscard]] std::string_view canary_script();

// What to write to the cell's request pipe; it fits an empty one. Layers that only some places have
// are tried where `layers` says that they are on.
[[nodiscard]] std::vector<std::byte> canary_request(const std::vector<protocol::Layer>& layers,
                                                    std::uint64_t memory_bytes);

// What the last frame of the cell's reply says. An Error names the layer that failed, or says why
// the attacks could not be made.
[[nodiscard]] Status canary_verdict(const Frame& last);

}  // namespace forkjail::supervisor
