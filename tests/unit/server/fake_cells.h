// A supervisor and cells that a test plays by hand: real pipes, no process behind them.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/pipe.h"
#include "protocol/run_frames.h"
#include "server/cells/cell_maker.h"
#include "unit/loop/settle.h"

namespace forkjail::server {

inline std::string frame_text(protocol::FrameType type, std::string_view payload = {}) {
  const protocol::FrameHeader header{static_cast<std::uint32_t>(type),
                                     static_cast<std::uint32_t>(payload.size())};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes.append(payload);
}

// The cell's ends of its pipes.
struct FakeCell {
  UniqueFd request;
  UniqueFd reply;
  UniqueFd out;
  UniqueFd err;

  static void write(const UniqueFd& fd, std::string_view text) {
    ASSERT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void say(protocol::FrameType type, std::string_view payload = {}) const {
    write(reply, frame_text(type, payload));
  }
  // The outputs stay open, as a cell's do.
  void answer(std::string_view value_json) const { say(protocol::FrameType::value, value_json); }
  void die() { *this = {}; }
};

// Records what the server ordered; the test plays the answers.
class FakeMaker final : public CellMaker {
 public:
  void spawn(protocol::Flavour flavour) override {
    ++spawns;
    ++spawns_of[flavour];
  }
  void offer(protocol::Flavour flavour) override { offered.push_back(flavour); }
  void withdraw(protocol::Flavour flavour) override { withdrawn.push_back(flavour); }
  void end(protocol::CellId cell) override { ended.push_back(cell); }
  void limit_memory(protocol::CellId cell, std::uint64_t bytes) override {
    memory_limits[cell] = bytes;
  }
  void measure_memory(protocol::CellId cell) override { measured.push_back(cell); }
  void run_lasts(protocol::CellId cell) override { lasting.push_back(cell); }
  void run_waits(protocol::CellId cell) override { waiting.push_back(cell); }
  void long_run_over(protocol::CellId cell) override { long_over.push_back(cell); }

  int spawns = 0;  // of all flavours
  protocol::PerFlavour<int> spawns_of;
  std::vector<protocol::Flavour> offered;
  std::vector<protocol::Flavour> withdrawn;
  std::vector<protocol::CellId> ended;
  std::vector<protocol::CellId> measured;
  std::vector<protocol::CellId> lasting;
  std::vector<protocol::CellId> waiting;
  std::vector<protocol::CellId> long_over;
  std::map<protocol::CellId, std::uint64_t> memory_limits;
};

// Both ends of the four pipes of one cell.
inline std::pair<FakeCell, CellPipeFds> make_fake_cell() {
  Pipe request = *make_pipe();
  Pipe reply = *make_pipe();
  Pipe out = *make_pipe();
  Pipe err = *make_pipe();
  return {FakeCell{std::move(request.read_end), std::move(reply.write_end),
                   std::move(out.write_end), std::move(err.write_end)},
          CellPipeFds{std::move(request.write_end), std::move(reply.read_end),
                      std::move(out.read_end), std::move(err.read_end)}};
}

}  // namespace forkjail::server
