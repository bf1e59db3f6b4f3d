// A block of files of any bytes: what is read lies within it, and written again it is the same.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "protocol/file_block.h"

using namespace forkjail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view block(reinterpret_cast<const char*>(data), size);
  protocol::FileBlockReader reader(block);
  protocol::FileBlockWriter writer;
  while (const auto file = reader.next()) {
    for (const std::string_view view : {file->path, file->content}) {
      FORKJAIL_CHECK(view.data() >= block.data());
      FORKJAIL_CHECK(view.data() + view.size() <= block.data() + block.size());
    }
    writer.begin();
    writer.append(file->content);
    writer.end(file->path, file->encoding);
  }
  FORKJAIL_CHECK(!reader.next());
  const std::string written = writer.take();
  FORKJAIL_CHECK(block.starts_with(written));
  FORKJAIL_CHECK(reader.malformed() || written.size() == block.size());
  return 0;
}
