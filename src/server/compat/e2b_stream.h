// A run as E2B's code interpreter answers it: a line of JSON for each thing that happens, as it
// happens. Begins when the script does, so that a request that is refused before is answered with
// its own status.
// Lives in the frame of the request's handler.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/message.h"
#include "loop/loop.h"
#include "server/api/event_framing.h"
#include "server/api/keep_alive.h"
#include "server/compat/e2b_lines.h"
#include "server/run/run.h"
#include "server/run/run_events.h"

namespace forkjail::server {

inline constexpr std::chrono::seconds kE2bSilenceMax{5};  // then a line says that it goes on

class E2bStream final : public RunEvents {
 public:
  // `executions`: of the context; counts this one when it begins. Both outlive it.
  E2bStream(http::Stream& stream, const Executor& executor, std::uint32_t& executions,
            std::chrono::milliseconds silence_max = kE2bSilenceMax);
  E2bStream(const E2bStream&) = delete;  // stream and keep-alive point to it
  E2bStream& operator=(const E2bStream&) = delete;
  ~E2bStream() { stream_.on_room({}); }

  // Said on stderr before anything of the script.
  void announce(std::string text) { announcement_ = std::move(text); }

  // The run is over. `error`: null if it returned. Returns what the handler returns.
  [[nodiscard]] http::Response finish(const E2bError* error, const RunReport& report);

  [[nodiscard]] bool begun() const { return stream_.begun(); }

  // RunEvents
  void on_begin() override;
  void on_output(OutputStream stream, std::string_view bytes) override;
  void on_display(std::string_view bundle_json) override;
  [[nodiscard]] bool has_room() const override { return stream_.has_room(); }

 private:
  void send_text(OutputStream stream, std::string_view text);
  void send(std::string_view line);

  http::Stream& stream_;
  KeepAlive keep_alive_;
  std::uint32_t& executions_;
  std::string announcement_;
  TextPieces out_;
  TextPieces err_;
};

}  // namespace forkjail::server
